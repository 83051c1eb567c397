import ArgumentParser
import Model

/// `backstop solutions`
struct SolutionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "solutions",
        abstract: "See the solutions that are live, and their versions.",
        discussion: """
            Solutions are files of the project: `backstop plan` and `backstop apply` change them.

            EXAMPLES
              backstop solutions list
              backstop solutions versions lead-sync
              backstop solutions show lead-sync --format json | jq .config
            """,
        subcommands: [ListCommand.self, ShowCommand.self, VersionsCommand.self],
        defaultSubcommand: ListCommand.self,
    )
}

extension SolutionsCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the live version of each solution.",
        )

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let solutions = try await server.client.get("/v1/solutions")
            server.show(solutions, "solutions", ["solution", "version", "title"])
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show the live version of one solution: its slots and workflows.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The solution's name.") var solution: String

        func run() async throws {
            let all = try await server.client.get("/v1/solutions")
            let found = all["solutions"]?.arrayValue?.first {
                $0["solution"]?.stringValue == solution
            }
            guard let found else {
                throw CommandFailure(.notFound, "no solution \(solution) is live")
            }
            server.show(found)
        }
    }

    struct VersionsCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "versions",
            abstract: "List every version of a solution that was ever live.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The solution's name.") var solution: String

        func run() async throws {
            let path = "/v1/solutions/\(ServerClient.encoded(solution))/versions"
            let versions = try await server.client.get(path)
            server.show(versions, "versions", ["solution", "version", "title", "digest"])
        }
    }
}
