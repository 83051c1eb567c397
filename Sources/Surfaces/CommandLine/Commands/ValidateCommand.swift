import ArgumentParser
import Model

/// How a command writes what it found.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case human, json
}

/// `backstop validate`
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check a project folder and say what is wrong, and where.",
        discussion: """
            Every finding has a file, line and column, a stable number with a page in \
            docs/reference/findings.md, and mostly a suggestion. Warnings do not change the \
            exit code.

            EXAMPLES
              backstop validate examples/demo
              backstop validate . --format json | jq '.findings[] | select(.severity=="error")'
            """,
    )

    @Argument(help: "The project folder.")
    var directory = "."

    @Option(name: .long, help: "human or json.")
    var format = OutputFormat.human

    func run() async throws {
        let host = try ProgramContext.require()
        let terminal = Terminal()
        let loaded = try Self.load(directory, host: host)
        switch format {
        case .json:
            var object = JSONObject()
            object["valid"] = .bool(loaded.definition != nil)
            object["findings"] = host.renderJSON(loaded.findings)
            terminal.out(JSONWriter.string(.object(object), pretty: true))
        case .human:
            if !loaded.findings.isEmpty {
                terminal.out(host.render(loaded.findings, in: loaded, colour: terminal.isLive))
            }
            terminal.out(Self.summary(loaded, terminal))
        }
        if loaded.definition == nil { throw ExitCode(ProgramExit.failure.rawValue) }
    }

    static func load(_ path: String, host: any ProgramHost) throws -> LoadedProject {
        do {
            return try host.load(project: path)
        } catch {
            throw CommandFailure(.noInput, "\(error)")
        }
    }

    private static func summary(_ loaded: LoadedProject, _ terminal: Terminal) -> String {
        let warnings = loaded.findings.count - loaded.errorCount
        guard let project = loaded.definition else {
            return terminal.styled("✗", .red)
                + " \(loaded.errorCount) errors, \(warnings) warnings"
        }
        return terminal.styled("✓", .green)
            + " \(project.workflows.count) workflows, \(project.connectors.count) connectors,"
            + " \(warnings) warnings"
    }
}

/// `backstop schema`
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a kind of project file, for editors.",
        discussion: """
            EXAMPLE
              backstop schema workflow > workflow.schema.json
              # then, as the first line of a workflow:
              # yaml-language-server: $schema=../../workflow.schema.json
            """,
    )

    @Argument(help: "workflow, solution, account or connector.")
    var kind = "workflow"

    func run() throws {
        guard let schema = try ProgramContext.require().schema(of: kind) else {
            throw CommandFailure(
                .usage,
                "there is no schema \(kind): try workflow, solution, account, connector",
            )
        }
        Terminal().out(JSONWriter.string(schema, pretty: true))
    }
}
