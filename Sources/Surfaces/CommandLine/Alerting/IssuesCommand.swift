import ArgumentParser
import Model

/// `backstop issues`
struct IssuesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issues",
        abstract: "See and work on issues: all failures of one cause.",
        discussion: """
            EXAMPLES
              backstop issues list --state open
              backstop issues show iss_…
              backstop issues acknowledge iss_… --assignee ada --note 'the vendor knows'
              backstop issues mute iss_… --until 2026-12-01T00:00:00Z
              backstop issues resolve iss_…
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, AcknowledgeCommand.self, ResolveCommand.self,
            ReopenCommand.self, MuteCommand.self, NoteCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )

    /// What every change may bring along.
    struct ChangeOptions: ParsableArguments {
        @OptionGroup var server: ServerOptions
        @Argument(help: "The issue's id.") var id: String
        @Option(name: .long, help: "Who works on it.") var assignee: String?
        @Option(name: .long, help: "A note for those who look at it later.") var note: String?

        func send(_ changes: JSONObject) async throws {
            var body = changes
            body["assignee"] = assignee.map(JSONValue.string)
            body["note"] = note.map(JSONValue.string)
            let path = "/v1/issues/\(ServerClient.encoded(id))"
            let issue = try await server.client.patch(path, .object(body))
            if server.format == .json { return server.show(issue) }
            IssuePage.show(issue, Terminal())
        }
    }

    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List issues, newest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions
        @Option(name: .long, help: "open, acknowledged, resolved or muted.") var state: String?
        @Option(name: .long, help: "new, ongoing, regressed or escalating.") var mark: String?
        @Option(name: .long, help: "The solution's name.") var solution: String?
        @Option(name: .long, help: "The workflow's name.") var workflow: String?
        @Option(name: .long, help: "The problem's type.") var problem: String?
        @Option(name: .long, help: "Who works on them.") var assignee: String?

        func run() async throws {
            let query = [
                ("state", state), ("mark", mark), ("solution", solution), ("workflow", workflow),
                ("problem", problem), ("assignee", assignee),
            ]
            let issues = try await server.client.get("/v1/issues", query: query + page.query)
            if server.format == .json { return server.show(issues) }
            IssuePage.list(issues, Terminal())
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one issue: whom it hit, how often, and what was done.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The issue's id.") var id: String

        func run() async throws {
            let issue = try await server.client.get("/v1/issues/\(ServerClient.encoded(id))")
            if server.format == .json { return server.show(issue) }
            IssuePage.show(issue, Terminal())
        }
    }

    struct AcknowledgeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "acknowledge",
            abstract: "Say that somebody works on it: its repeats are told to nobody.",
        )

        @OptionGroup var change: ChangeOptions
        func run() async throws { try await change.send(["state": "acknowledged"]) }
    }

    struct ResolveCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resolve",
            abstract: "Say that it is mended; its next failure opens it again.",
        )

        @OptionGroup var change: ChangeOptions
        func run() async throws { try await change.send(["state": "resolved"]) }
    }

    struct ReopenCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reopen",
            abstract: "Open it again.",
        )

        @OptionGroup var change: ChangeOptions
        func run() async throws { try await change.send(["state": "open"]) }
    }

    struct MuteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mute",
            abstract: "Let it count in silence until a time, or until it escalates.",
        )

        @OptionGroup var change: ChangeOptions
        @Option(name: .long, help: "An RFC 3339 time within 366 days.") var until: String

        func run() async throws {
            try await change.send(["state": "muted", "muted_until": .string(until)])
        }
    }

    struct NoteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "note",
            abstract: "Note something on it, or say who works on it.",
        )

        @OptionGroup var change: ChangeOptions
        func run() async throws { try await change.send([:]) }
    }
}
