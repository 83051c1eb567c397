import ArgumentParser
import Model

/// `backstop connections`
struct ConnectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "connections",
        abstract: "See which connections work, and steer those that do not.",
        discussion: """
            A connection is a stored credential, a slot of the account, or what an instance asks of \
            a service without one. While one is broken, executions that need it are parked.

            The server's address comes from --url or BACKSTOP_URL, the admin token from --token \
            or BACKSTOP_TOKEN.

            EXAMPLES
              backstop connections list --health broken
              backstop connections show aut_…
              backstop connections probe aut_…         find out at once whether it works again
              backstop connections close slot:erp      take it for mended; resume what is parked
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, ProbeCommand.self, CloseCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )
}

extension ConnectionsCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List connections with their health and how many executions they park.",
        )

        @OptionGroup var server: ServerOptions

        @Option(name: .long, help: "healthy, degraded or broken.")
        var health: String?

        @Option(name: .long, help: "How many, 1 to 500.")
        var limit = 50

        @Option(name: .long, help: "Go on where the page before ended.")
        var cursor: String?

        func run() async throws {
            let page = try await server.client.get(
                "/v1/connections",
                query: [("health", health), ("limit", String(limit)), ("cursor", cursor)],
            )
            if server.format == .json {
                Terminal().out(JSONWriter.string(page, pretty: true))
            } else {
                ConnectionText.list(page, Terminal())
            }
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one connection with its breakers.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The connection's id.") var id: String

        func run() async throws {
            let path = "/v1/connections/\(ServerClient.encoded(part: id))"
            ConnectionText.show(try await server.client.get(path), server.format)
        }
    }

    struct ProbeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "probe",
            abstract: "Let one attempt find out at once whether it works again.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The connection's id.") var id: String

        func run() async throws {
            let path = "/v1/connections/\(ServerClient.encoded(part: id))/probe"
            ConnectionText.show(try await server.client.post(path), server.format)
        }
    }

    struct CloseCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "close",
            abstract: "Take it for mended: everything goes through, what is parked is resumed.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The connection's id.") var id: String

        func run() async throws {
            let path = "/v1/connections/\(ServerClient.encoded(part: id))/close"
            ConnectionText.show(try await server.client.post(path), server.format)
        }
    }
}
