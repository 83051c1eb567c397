import ArgumentParser
import Model

/// `backstop alerts`
struct AlertsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alerts",
        abstract: "See what was told to whom, and what nobody could be told.",
        discussion: """
            EXAMPLES
              backstop alerts list --state pending
              backstop alerts dead-letters
              backstop alerts show alr_…          its way up the ladder
              backstop alerts resend alr_…        once more, from the foot of the ladder
              backstop alerts dismiss alr_…
            """,
        subcommands: [
            ListCommand.self, DeadLettersCommand.self, ShowCommand.self, ResendCommand.self,
            DismissCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )

    static let columns = ["id", "at", "state", "rung", "solution", "issue", "payload.error.detail"]

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List alerts, newest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions
        @Option(name: .long, help: "pending, running, delivered, dead_letter or dismissed.")
        var state: String?
        @Option(name: .long, help: "The issue's id.") var issue: String?
        @Option(name: .long, help: "The instance's id.") var instance: String?

        func run() async throws {
            let query = [("state", state), ("issue", issue), ("instance", instance)]
            let alerts = try await server.client.get("/v1/alerts", query: query + page.query)
            server.show(alerts, "alerts", AlertsCommand.columns)
        }
    }

    struct DeadLettersCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dead-letters",
            abstract: "List what nobody could be told; exit code 1 when there is any.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions

        func run() async throws {
            let letters = try await server.client.get("/v1/dead-letters", query: page.query)
            server.show(letters, "dead_letters", AlertsCommand.columns)
            guard letters["dead_letters"]?.arrayValue?.isEmpty ?? true else {
                throw ExitCode(ProgramExit.failure.rawValue)
            }
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one alert with its way up the ladder.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The alert's id.") var id: String

        func run() async throws {
            server.show(try await server.client.get("/v1/alerts/\(ServerClient.encoded(id))"))
        }
    }

    struct ResendCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resend",
            abstract: "Send an alert once more, from the foot of the ladder.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The alert's id.") var id: String

        func run() async throws {
            let path = "/v1/alerts/\(ServerClient.encoded(id))/resend"
            server.show(try await server.client.post(path))
        }
    }

    struct DismissCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "dismiss",
            abstract: "Take a dead letter from those that wait for somebody.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The alert's id.") var id: String

        func run() async throws {
            let path = "/v1/alerts/\(ServerClient.encoded(id))/dismiss"
            server.show(try await server.client.post(path))
        }
    }
}
