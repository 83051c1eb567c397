import ArgumentParser
import Model

extension InstancesCommand {
    struct EnableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable",
            abstract: "Let one instance or many work.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var selection: InstanceSelection
        @Flag(name: .long, help: "Of many: only say what would be.") var dryRun = false

        func run() async throws {
            try await InstancesCommand.change("enable", selection, dryRun, server)
        }
    }

    struct DisableCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable",
            abstract: "Switch one instance or many off: nothing starts any more.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var selection: InstanceSelection
        @Flag(name: .long, help: "Of many: only say what would be.") var dryRun = false

        func run() async throws {
            try await InstancesCommand.change("disable", selection, dryRun, server)
        }
    }

    struct UpgradeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "upgrade",
            abstract: "Pin one instance or many to another version.",
            discussion: """
                --dry-run shows what would change in which slots, and who lacks a value. An \
                enabled instance that lacks one is left as it is.
                """,
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var selection: InstanceSelection
        @OptionGroup var values: SlotOptions
        @Option(name: .long, help: "The version to go to.") var to: String
        @Option(name: .long, help: "Of many: only those of this version.") var from: String?
        @Flag(name: .long, help: "Only show the plan.") var dryRun = false

        func run() async throws {
            var body = selection.filter
            body["config"] = .object(try values.object())
            body["dry_run"] = .bool(dryRun)
            if let id = selection.id {
                body["version"] = .string(to)
                let path = "\(InstancesCommand.path(id))/upgrade"
                server.show(try await server.client.post(path, .object(body)))
                return
            }
            body["to"] = .string(to)
            body["from"] = from.map(JSONValue.string)
            try await InstancesCommand.many("upgrade", body, server)
        }
    }

    private static func change(
        _ action: String,
        _ selection: InstanceSelection,
        _ isDryRun: Bool,
        _ server: ServerOptions,
    ) async throws {
        guard let id = selection.id else {
            var body = selection.filter
            body["dry_run"] = .bool(isDryRun)
            try await many(action, body, server)
            return
        }
        guard !isDryRun else { throw CommandFailure(.usage, "--dry-run goes with --solution") }
        server.show(try await server.client.post("\(path(id))/\(action)"))
    }

    /// Page after page until all are done; exit code 1 when some were left as they are.
    private static func many(
        _ action: String,
        _ body: JSONObject,
        _ server: ServerOptions,
    ) async throws {
        let client = try server.client
        var body = body
        var summary = BulkSummary()
        while true {
            let page = try await client.post("/v1/instances/\(action)", .object(body))
            summary.add(page)
            guard let cursor = page["next_cursor"] else { break }
            body["cursor"] = cursor
        }
        summary.show(server.format, Terminal())
        if summary.hasRefusals { throw ExitCode(ProgramExit.failure.rawValue) }
    }
}
