import ArgumentParser
import Definitions
import Engine
import Expressions
import Model

/// `backstop run`
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run one workflow once, here in the terminal.",
        discussion: """
            Nothing is kept: the store is in memory. The input becomes `$trigger.input`; for a webhook \
            workflow it becomes `$trigger.body`. The output goes to standard output with \
            --format json; the exit code is 1 when the execution failed.

            EXAMPLES
              backstop run hello --project examples/demo --input '{"name":"Ada"}'
              backstop run accounts/get-account --project examples/demo --input @request.json
              backstop run orders/push-order --project examples/demo --input '{"sku":"A-1"}' \\
                --header 'X-Request-ID: r-1' --allow-private-hosts
            """,
    )

    @Argument(help: "The workflow: its name, or solution/name.")
    var workflow: String

    @Option(name: .long, help: "The project folder.")
    var project = "."

    @Option(name: .long, help: "JSON, @FILE, or - for standard input.")
    var input = "null"

    @Option(name: .long, help: "human or json.")
    var format = OutputFormat.human

    @Option(name: .long, help: "A header of the webhook's request, as 'Name: value'; repeatable.")
    var header: [String] = []

    @Option(name: .long, help: "The correlation id; by default what the trigger makes of it.")
    var correlationID: String?

    @Flag(name: .long, help: "Let outbound requests reach private addresses.")
    var allowPrivateHosts = false

    func run() async throws {
        let host = try ProgramContext.require()
        let terminal = Terminal()
        let value = try InputArgument.read(input)
        let loaded = try ValidateCommand.load(project, host: host)
        guard let definition = loaded.definition else {
            terminal.error(host.render(loaded.findings, in: loaded, colour: terminal.isLive))
            throw CommandFailure(.failure, "the project has \(loaded.errorCount) errors")
        }
        let deployment = Deployment(project: definition)
        guard let chosen = deployment.workflow(named: workflow) else {
            let known = deployment.workflows.keys.sorted().joined(separator: ", ")
            throw CommandFailure(.notFound, "there is no workflow \(workflow); known: \(known)")
        }
        let format = format
        var request = StartRequest(
            workflow: chosen,
            trigger: try Self.trigger(for: chosen, value, headers: header),
        )
        request.correlationID = try correlationID ?? Self.correlationID(of: request)
        try await host.withTemporaryEngine(loaded, allowPrivateHosts: allowPrivateHosts) {
            [request] engine in
            try await Self.run(request, engine: engine, format: format)
        }
    }

    private static func run(
        _ request: StartRequest,
        engine: Engine,
        format: OutputFormat,
    ) async throws {
        let terminal = format == .json ? Terminal(isLive: false) : Terminal()
        let name = request.workflow.qualifiedName
        var request = request
        request.workflow = engine.deployment.workflows[name] ?? request.workflow
        let updates: AsyncStream<ExecutionUpdate>
        do throws(StartRefusal) {
            updates = try await engine.startWatched(request).updates
        } catch {
            let problem = error.problem
            throw CommandFailure(.badInput, problem.detail ?? problem.title)
        }
        let end: ExecutionView?
        if format == .json {
            end = await last(updates)
        } else {
            terminal.out(terminal.styled("▶ \(name)", .bold))
            end = await LiveView(terminal: terminal, clock: engine.clock).follow(updates)
        }
        guard let end, let outcome = end.outcome else {
            throw CommandFailure(.software, "the execution gave no outcome")
        }
        show(outcome.output, problem: outcome.problem, end, format, terminal)
        if !outcome.reason.isSuccess { throw ExitCode(ProgramExit.failure.rawValue) }
    }

    private static func last(_ updates: AsyncStream<ExecutionUpdate>) async -> ExecutionView? {
        for await update in updates {
            if case .finished(let view) = update { return view }
        }
        return nil
    }

    /// What a webhook would have made of the same body and headers.
    private static func trigger(
        for workflow: DeployedWorkflow,
        _ input: JSONValue,
        headers: [String],
    ) throws -> JSONValue {
        var fields = JSONObject()
        for line in headers {
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else {
                throw CommandFailure(.usage, "a header is 'Name: value', not '\(line)'")
            }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[line[..<colon].lowercased()] = .string(String(value))
        }
        guard case .webhook = workflow.definition.trigger else { return ["input": input] }
        var trigger = JSONObject()
        trigger["method"] = "POST"
        trigger["path"] = .string("/hooks/\(workflow.qualifiedName)")
        trigger["headers"] = .object(fields)
        trigger["query"] = .object(JSONObject())
        trigger["body"] = input
        return .object(trigger)
    }

    /// What the webhook's own `correlation_id` makes of the trigger.
    private static func correlationID(of request: StartRequest) throws -> String? {
        guard case .webhook(let webhook) = request.workflow.definition.trigger,
            let template = webhook.correlationID
        else { return nil }
        var environment = Environment()
        environment[.trigger] = request.trigger
        return try template.evaluate(environment).stringValue
    }

    private static func show(
        _ output: JSONValue,
        problem: Problem?,
        _ view: ExecutionView,
        _ format: OutputFormat,
        _ terminal: Terminal,
    ) {
        guard format == .json else {
            if problem == nil { terminal.out(JSONWriter.string(output, pretty: true)) }
            return
        }
        var object = JSONObject()
        object["id"] = .string(view.head.id.description)
        object["reason"] = .string(view.head.reason?.rawValue ?? "")
        object["output"] = output
        object["problem"] = problem?.json
        terminal.out(JSONWriter.string(.object(object), pretty: true))
    }
}
