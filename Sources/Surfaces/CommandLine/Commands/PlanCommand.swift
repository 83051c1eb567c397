import ArgumentParser
import Model

/// `backstop plan`
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what applying a project folder would change on a server.",
        discussion: """
            `+` is made, `~` is changed, `-` is taken away; `!` says why it cannot be applied. \
            Nothing changes, and no secret is shown.

            EXAMPLES
              backstop plan .
              backstop plan . --detailed-exitcode      exit code 2 when there is something to apply
              backstop plan . --format json | jq .summary
            """,
    )

    @Argument(help: "The project folder.")
    var directory = "."

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "0 without changes, 2 with some, 1 when it cannot be applied.")
    var detailedExitcode = false

    func run() async throws {
        let terminal = Terminal()
        let draft = try ProjectDraft(directory, terminal)
        let plan = try await server.client.post("/v1/project/plan", draft.body())
        if server.format == .json {
            terminal.out(JSONWriter.string(plan, pretty: true))
        } else {
            PlanPage.show(plan, terminal)
        }
        if plan["problems"]?.arrayValue?.isEmpty == false {
            throw ExitCode(ProgramExit.failure.rawValue)
        }
        if detailedExitcode, plan["has_new_files"] == true {
            throw ExitCode(ProgramExit.changes.rawValue)
        }
    }
}

/// `backstop apply`
struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make a project folder live on a server.",
        discussion: """
            It shows the plan, asks, and applies all of it in one transaction, or nothing. What \
            runs finishes on the version with which it began; instances stay on their version \
            until they are upgraded. When somebody else applied in between, it is refused (B2800).

            EXAMPLES
              backstop apply .
              backstop apply . --yes                   do not ask: for scripts
            """,
    )

    @Argument(help: "The project folder.")
    var directory = "."

    @OptionGroup var server: ServerOptions

    @Flag(name: .long, help: "Apply without asking.")
    var yes = false

    func run() async throws {
        let terminal = Terminal()
        let isJSON = server.format == .json
        let draft = try ProjectDraft(directory, terminal)
        let client = try server.client
        let plan = try await client.post("/v1/project/plan", draft.body())
        if !isJSON { PlanPage.show(plan, terminal) }
        if plan["problems"]?.arrayValue?.isEmpty == false {
            if isJSON { terminal.out(JSONWriter.string(plan, pretty: true)) }
            throw ExitCode(ProgramExit.failure.rawValue)
        }
        guard plan["has_new_files"] == true else {
            if isJSON { terminal.out(JSONWriter.string(plan, pretty: true)) }
            return
        }
        if !yes { try Self.ask(terminal) }
        let applied = try await client.post(
            "/v1/project/apply",
            draft.body(revision: plan["revision"]?.integerValue),
        )
        if isJSON {
            terminal.out(JSONWriter.string(applied, pretty: true))
        } else {
            let revision = applied["revision"]?.integerValue ?? 0
            terminal.out(terminal.styled("✓", .green) + " applied as revision \(revision)")
        }
    }

    private static func ask(_ terminal: Terminal) throws {
        guard terminal.isAsking else {
            throw CommandFailure(.usage, "nobody can be asked here: look at the plan, give --yes")
        }
        terminal.raw("\nApply this? Only `yes` does: ")
        guard readLine() == "yes" else { throw CommandFailure(.failure, "nothing was applied") }
    }
}

/// A project folder on its way to a server: read and checked here first.
struct ProjectDraft {
    private let files: JSONObject

    init(_ directory: String, _ terminal: Terminal) throws {
        let host = try ProgramContext.require()
        let loaded = try ValidateCommand.load(directory, host: host)
        if !loaded.findings.isEmpty {
            terminal.error(host.render(loaded.findings, in: loaded, colour: terminal.isLive))
        }
        guard loaded.definition != nil else {
            throw CommandFailure(.failure, "the project has \(loaded.errorCount) errors")
        }
        files = JSONObject(
            loaded.sources.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }
        )
    }

    func body(revision: Int64? = nil) -> JSONValue {
        var object: JSONObject = ["files": .object(files)]
        object["revision"] = revision.map(JSONValue.integer)
        return .object(object)
    }
}
