import ArgumentParser
import Model

/// `backstop failures`
struct FailuresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "failures",
        abstract: "See what failed: executions, and what never became one.",
        discussion: """
            EXAMPLES
              backstop failures list --instance ins_… --problem authentication
              backstop failures show fai_…
            """,
        subcommands: [ListCommand.self, ShowCommand.self],
        defaultSubcommand: ListCommand.self,
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List failures, newest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions
        @Option(name: .long, help: "The instance's id.") var instance: String?
        @Option(name: .long, help: "The solution's name.") var solution: String?
        @Option(name: .long, help: "The issue's id.") var issue: String?
        @Option(name: .long, help: "execution, trigger, schedule, authentication, alert, …")
        var kind: String?
        @Option(name: .long, help: "The problem's type.") var problem: String?

        func run() async throws {
            let query = [
                ("instance", instance), ("solution", solution), ("issue", issue), ("kind", kind),
                ("problem", problem),
            ]
            let failures = try await server.client.get(
                "/v1/failures",
                query: query + page.query,
            )
            server.show(
                failures,
                "failures",
                ["id", "at", "kind", "solution", "workflow", "problem.type", "problem.detail"],
            )
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one failure with its problem and its disposition.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The failure's id.") var id: String

        func run() async throws {
            server.show(try await server.client.get("/v1/failures/\(ServerClient.encoded(id))"))
        }
    }
}
