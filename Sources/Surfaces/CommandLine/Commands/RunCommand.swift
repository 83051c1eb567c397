import ArgumentParser
import Engine
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
        try await host.withTemporaryEngine(loaded, allowPrivateHosts: allowPrivateHosts) { engine in
            try await Self.run(chosen, value, engine: engine, format: format)
        }
    }

    private static func run(
        _ workflow: DeployedWorkflow,
        _ input: JSONValue,
        engine: Engine,
        format: OutputFormat,
    ) async throws {
        let terminal = format == .json ? Terminal(isLive: false) : Terminal()
        let request = StartRequest(
            workflow: engine.deployment.workflows[workflow.qualifiedName] ?? workflow,
            trigger: trigger(for: workflow, input),
        )
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
            terminal.out(terminal.styled("▶ \(workflow.qualifiedName)", .bold))
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

    /// What a webhook would have made of the same body.
    private static func trigger(for workflow: DeployedWorkflow, _ input: JSONValue) -> JSONValue {
        guard case .webhook = workflow.definition.trigger else { return ["input": input] }
        var trigger = JSONObject()
        trigger["method"] = "POST"
        trigger["path"] = .string("/hooks/\(workflow.qualifiedName)")
        trigger["headers"] = .object(JSONObject())
        trigger["query"] = .object(JSONObject())
        trigger["body"] = input
        return .object(trigger)
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
