import ArgumentParser
import Foundation
import Model

/// `backstop executions`
struct ExecutionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "executions",
        abstract: "See and steer executions of a running server.",
        discussion: """
            The server's address comes from --url or BACKSTOP_URL, the admin token from --token \
            or BACKSTOP_TOKEN.

            EXAMPLES
              backstop executions list --reason failed --limit 20
              backstop executions show exe_…
              backstop executions watch exe_…
              backstop executions cancel exe_…
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, WatchCommand.self, CancelCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )
}

/// Where the server is, and who asks.
struct ServerOptions: ParsableArguments {
    @Option(name: .long, help: "The server's address (BACKSTOP_URL).")
    var url: String?

    @Option(name: .long, help: "The admin token (BACKSTOP_TOKEN).")
    var token: String?

    @Option(name: .long, help: "A file that holds the token: others cannot read it off you.")
    var tokenFile: String?

    @Option(name: .long, help: "human or json.")
    var format = OutputFormat.human

    var client: ServerClient {
        get throws {
            var token = token
            if let tokenFile {
                token = try GivenValues.read(tokenFile)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            }
            return ServerClient(url: url, token: token)
        }
    }
}

extension ExecutionsCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List executions, newest first.",
        )

        @OptionGroup var server: ServerOptions

        @Option(name: .long, help: "queued, running, waiting or finished.")
        var status: String?

        @Option(
            name: .long,
            help: "succeeded, handled, failed, timed_out, never_started, cancelled or expired.",
        )
        var reason: String?

        @Option(name: .long, help: "The workflow's name.")
        var workflow: String?

        @Option(name: .long, help: "The caller's own request id.")
        var correlationID: String?

        @Option(name: .long, help: "Created at or after this RFC 3339 time.")
        var from: String?

        @Option(name: .long, help: "Created before this RFC 3339 time.")
        var to: String?

        @Option(name: .long, help: "How many, 1 to 500.")
        var limit = 50

        @Option(name: .long, help: "Go on where the page before ended.")
        var cursor: String?

        func run() async throws {
            let query: [(String, String?)] = [
                ("status", status), ("reason", reason), ("workflow", workflow),
                ("correlation_id", correlationID), ("created_from", from), ("created_to", to),
                ("limit", String(limit)), ("cursor", cursor),
            ]
            let page = try await server.client.get("/v1/executions", query: query)
            if server.format == .json {
                Terminal().out(JSONWriter.string(page, pretty: true))
            } else {
                ExecutionTable.show(page, Terminal())
            }
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one execution with its steps and attempts.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The execution's id.") var id: String

        func run() async throws {
            let execution = try await server.client.get("/v1/executions/\(id)")
            if server.format == .json {
                Terminal().out(JSONWriter.string(execution, pretty: true))
            } else {
                ExecutionPage.show(execution, Terminal())
            }
        }
    }

    struct WatchCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "watch",
            abstract: "Follow one execution to its end; exit code 1 when it failed.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The execution's id.") var id: String

        func run() async throws {
            let terminal = Terminal()
            let client = try server.client
            try await client.events("/v1/executions/\(id)/events") { name, data in
                if server.format == .json {
                    terminal.out(JSONWriter.string(data))
                } else {
                    terminal.out(EventLine.text(name: name, data: data, terminal))
                }
            }
            let execution = try await client.get("/v1/executions/\(id)")
            let reason = execution["reason"]?.stringValue.flatMap(ExecutionReason.init)
            if reason?.isSuccess == false { throw ExitCode(ProgramExit.failure.rawValue) }
        }
    }

    struct CancelCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "cancel",
            abstract: "End one execution; finished ones stay as they are.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The execution's id.") var id: String

        func run() async throws {
            let execution = try await server.client.post("/v1/executions/\(id)/cancel")
            if server.format == .json {
                Terminal().out(JSONWriter.string(execution, pretty: true))
            } else {
                ExecutionPage.show(execution, Terminal())
            }
        }
    }
}
