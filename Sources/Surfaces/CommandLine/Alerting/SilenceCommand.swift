import ArgumentParser
import Model

/// `backstop silence`
struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence",
        abstract: "Tell nobody of what matches, for a time; issues count on.",
        discussion: """
            A matcher is label=text: `x` equals, `!x` does not, `~x` matches the regular \
            expression as a whole, `!~x` does not. Labels: type, solution, workflow, instance, \
            user, connector, operation, step, actor, kind, issue.

            EXAMPLES
              backstop silence create connector=erp 'type=~service|timeout' \
                --until 2026-12-01T00:00:00Z --comment 'maintenance of the ERP'
              backstop silence list --state active
              backstop silence expire sil_…
            """,
        subcommands: [ListCommand.self, CreateCommand.self, ExpireCommand.self],
        defaultSubcommand: ListCommand.self,
    )

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List silences, newest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions
        @Option(name: .long, help: "pending, active or expired.") var state: String?

        func run() async throws {
            let silences = try await server.client.get(
                "/v1/silences",
                query: [("state", state)] + page.query,
            )
            server.show(
                silences,
                "silences",
                ["id", "state", "expires_at", "author", "matchers", "comment"],
            )
        }
    }

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Begin a silence.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "label=text; all must hold.") var matchers: [String]
        @Option(name: .long, help: "When it ends: an RFC 3339 time within 366 days.")
        var until: String
        @Option(name: .long, help: "When it begins; now when left out.") var from: String?
        @Option(name: .long, help: "Why.") var comment: String

        func run() async throws {
            var conditions = JSONObject()
            for matcher in matchers {
                let parts = matcher.split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else {
                    throw CommandFailure(.usage, "\(matcher): a matcher is label=text")
                }
                conditions[String(parts[0])] = .string(String(parts[1]))
            }
            var body: JSONObject = [
                "matchers": .object(conditions), "expires_at": .string(until),
                "comment": .string(comment),
            ]
            body["starts_at"] = from.map(JSONValue.string)
            server.show(try await server.client.post("/v1/silences", .object(body)))
        }
    }

    struct ExpireCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "expire",
            abstract: "End a silence now.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The silence's id.") var id: String

        func run() async throws {
            try await server.client.delete("/v1/silences/\(ServerClient.encoded(id))")
            if server.format == .human { Terminal().out("\(id) has ended") }
        }
    }
}
