import ArgumentParser
import Model

/// Which executions are meant: ids, an issue, or a filter.
struct ReplaySelection: ParsableArguments {
    @Argument(help: "Ids of executions; leave out to select by filter or issue.")
    var ids: [String] = []

    @Option(name: .long, help: "Every execution of this issue.")
    var issue: String?

    @Option(name: .long, help: "Filter: how they ended, such as failed or timed_out.")
    var reason: String?

    @Option(name: .long, help: "Filter: the workflow's name.")
    var workflow: String?

    @Option(name: .long, help: "Filter: the solution's name.")
    var solution: String?

    @Option(name: .long, help: "Filter: an instance's id.")
    var instance: String?

    @Option(name: .long, help: "Filter: the caller's own request id.")
    var correlationID: String?

    @Option(name: .long, help: "Filter: created at or after this RFC 3339 time.")
    var from: String?

    @Option(name: .long, help: "Filter: created before this RFC 3339 time.")
    var to: String?

    /// The one member of the request.
    func member() throws -> (name: String, value: JSONValue) {
        var filter = JSONObject()
        for (name, value) in [
            ("reason", reason), ("workflow", workflow), ("solution", solution),
            ("instance", instance), ("correlation_id", correlationID), ("created_from", from),
            ("created_to", to),
        ] {
            filter[name] = value.map(JSONValue.string)
        }
        let ways = [!ids.isEmpty, issue != nil, !filter.isEmpty].count { $0 }
        guard ways == 1 else {
            throw CommandFailure(
                .usage,
                "say which executions: ids, or --issue, or a filter such as --reason failed",
            )
        }
        if let issue { return ("issue", .string(issue)) }
        guard filter.isEmpty else { return ("filter", .object(filter)) }
        return ("ids", .array(ids.map(JSONValue.string)))
    }
}

/// `backstop replay`
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run executions again, as new executions linked to the old.",
        discussion: """
            By default from the failed step, with the definition, input and idempotency keys of the \
            source: what was done is not done again. --dry-run says what would happen.

            EXAMPLES
              backstop replay exe_… --definition latest
              backstop replay exe_… --start beginning --input-patch '{"sku":"A-2"}' --keys new
              backstop replay --reason failed --workflow push-order --dry-run
              backstop replay --issue iss_… --rate 5
            """,
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup var selection: ReplaySelection

    @Option(name: .long, help: "failed_step, beginning, or a step's id or path (charge@2).")
    var start = "failed_step"

    @Option(name: .long, help: "pinned: what it ran on; latest: what is deployed now.")
    var definition = "pinned"

    @Option(name: .long, help: "same: what was done is not done twice; or new.")
    var keys = "same"

    @Option(name: .long, help: "A JSON merge patch of the trigger's input: JSON, @FILE or -.")
    var inputPatch: String?

    @Option(name: .long, help: "A JSON merge patch of the whole $trigger.")
    var triggerPatch: String?

    @Option(name: .long, help: "How many are begun in a second, 1 to 100.")
    var rate = 10

    @Flag(name: .long, help: "Also when a replay of the same execution is under way.")
    var again = false

    @Flag(name: .long, help: "Also what still runs or waits.")
    var unfinished = false

    @Flag(name: .long, help: "Say what would happen, and do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Return at once; the server goes on.")
    var detach = false

    func run() async throws {
        let (name, value) = try selection.member()
        var body: JSONObject = [
            name: value, "mode": "replay", "start": .string(start),
            "definition": .string(definition), "keys": .string(keys), "again": .bool(again),
            "unfinished": .bool(unfinished), "rate": .integer(Int64(rate)),
            "dry_run": .bool(dryRun),
        ]
        body["input_patch"] = try inputPatch.map(InputArgument.read)
        body["trigger_patch"] = try triggerPatch.map(InputArgument.read)
        try await ReplayProgress(client: server.client, format: server.format)
            .run(.object(body), waits: !detach)
    }
}

/// `backstop resume`
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let failed executions go on from their failed step.",
        discussion: """
            They stay the same executions, with the same ids, definition, input and keys; what went \
            well is not run again.

            EXAMPLES
              backstop resume exe_…
              backstop resume --reason failed --workflow push-order --from 2026-11-23T09:00:00Z
              backstop resume --issue iss_… --dry-run
            """,
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup var selection: ReplaySelection

    @Option(name: .long, help: "How many go on in a second, 1 to 100.")
    var rate = 10

    @Flag(name: .long, help: "Say what would happen, and do nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Return at once; the server goes on.")
    var detach = false

    func run() async throws {
        let (name, value) = try selection.member()
        let body: JSONObject = [
            name: value, "mode": "resume", "rate": .integer(Int64(rate)),
            "dry_run": .bool(dryRun),
        ]
        try await ReplayProgress(client: server.client, format: server.format)
            .run(.object(body), waits: !detach)
    }
}

/// `backstop replays`
struct ReplaysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replays",
        abstract: "See and steer replays: list, show, pause, resume, cancel.",
        subcommands: [List.self, Show.self, Pause.self, Resume.self, Cancel.self],
        defaultSubcommand: List.self,
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List replays, newest first."
        )

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let page = try await server.client.get("/v1/replays")
            let terminal = Terminal()
            guard server.format == .human else {
                return terminal.out(JSONWriter.string(page, pretty: true))
            }
            let jobs = page["replays"]?.arrayValue ?? []
            if jobs.isEmpty { terminal.out("no replays") }
            for job in jobs { terminal.out(ReplayProgress.line(job)) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Follow one replay to its end."
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The replay's id.") var id: String

        func run() async throws {
            let job = try await server.client.get("/v1/replays/\(id)")
            try await ReplayProgress(client: server.client, format: server.format).follow(job)
        }
    }

    struct Pause: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Begin nothing more for now.")
        @OptionGroup var server: ServerOptions
        @Argument(help: "The replay's id.") var id: String
        func run() async throws { try await ReplaysCommand.change(id, "pause", server) }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a paused replay go on.")
        @OptionGroup var server: ServerOptions
        @Argument(help: "The replay's id.") var id: String
        func run() async throws { try await ReplaysCommand.change(id, "resume", server) }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Begin nothing more; what runs goes on."
        )
        @OptionGroup var server: ServerOptions
        @Argument(help: "The replay's id.") var id: String
        func run() async throws { try await ReplaysCommand.change(id, "cancel", server) }
    }

    private static func change(_ id: String, _ verb: String, _ server: ServerOptions) async throws {
        let job = try await server.client.post("/v1/replays/\(id)/\(verb)")
        let text = server.format == .json ? JSONWriter.string(job, pretty: true) : nil
        Terminal().out(text ?? ReplayProgress.line(job))
    }
}
