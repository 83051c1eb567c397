import Definitions
import Expressions
import Model

/// What is wrong with one workflow although each part of it is well formed.
struct WorkflowChecks {
    let workflow: WorkflowDefinition
    let siblings: [WorkflowDefinition]
    let catalog: ConnectorCatalog
    let slots: Set<String>
    let services: [String: String]
    let config: Set<String>
    private var findings: [Finding] = []
    private var ids: [String: Int] = [:]

    init(
        workflow: WorkflowDefinition,
        siblings: [WorkflowDefinition],
        catalog: ConnectorCatalog,
        slots: Set<String>,
        services: [String: String],
        config: Set<String>,
    ) {
        self.workflow = workflow
        self.siblings = siblings
        self.catalog = catalog
        self.slots = slots
        self.services = services
        self.config = config
    }

    private mutating func report(
        _ code: FindingCode,
        _ message: String,
        _ place: SourcePlace,
        _ suggestion: String? = nil,
        severity: Finding.Severity = .error,
    ) {
        findings.append(
            code.finding(message, at: place, suggestion: suggestion, severity: severity)
        )
    }

    mutating func run() -> [Finding] {
        var all = Self.flattened(workflow.steps)
        if case .branch(let steps)? = workflow.onError { all += Self.flattened(steps) }
        for step in all {
            guard let id = step.id else { continue }
            if ids[id] != nil {
                report(.duplicateStep, "another step has the id `\(id)`", step.place)
            }
            ids[id] = step.node
        }
        for step in all { check(step) }
        checkReachable(workflow.steps)
        checkReplies(all)
        return findings
    }

    static func flattened(_ steps: [Step]) -> [Step] {
        steps.flatMap { step -> [Step] in
            var inner = step.children.flatMap { flattened($0) }
            if case .branch(let branch)? = step.onError { inner += flattened(branch) }
            return [step] + inner
        }
    }

    private mutating func check(_ step: Step) {
        for program in step.programs { check(program, step) }
        switch step.kind {
        case .run(let connector, let operation, let auth, let input):
            checkRun(connector, operation, auth, input, step)
        case .call(let name, _, _): checkCall(name, step)
        case .reply:
            guard case .webhook = workflow.trigger else {
                report(
                    .nobodyWaits,
                    "a reply in a workflow without a webhook",
                    step.place,
                    severity: .warning,
                )
                return
            }
        default: return
        }
    }

    private mutating func check(_ program: Program, _ step: Step) {
        for reference in program.references {
            guard let key = reference.keys.first else { continue }
            switch reference.variable {
            case .steps, .errors:
                guard let node = ids[key] else {
                    let near = Spelling.suggestion(key, among: ids.keys.sorted())
                    report(
                        .unknownStep,
                        "no step has the id `\(key)`",
                        step.place,
                        near.map { "did you mean `\($0)`?" },
                    )
                    continue
                }
                if reference.variable == .steps, node > step.node {
                    report(
                        .stepUsedEarly,
                        "the step `\(key)` runs later",
                        step.place,
                        severity: .warning,
                    )
                }
            case .config:
                guard !config.contains(key) else { continue }
                let near = Spelling.suggestion(key, among: config.sorted())
                report(
                    .unknownConfig,
                    "there is no config slot `\(key)`",
                    step.place,
                    near.map { "did you mean `\($0)`?" },
                )
            default: continue
            }
        }
    }

    private mutating func checkRun(
        _ connector: String,
        _ operation: String,
        _ auth: String?,
        _ input: Template,
        _ step: Step,
    ) {
        let name = "\(connector).\(operation)"
        guard let schema = catalog.operations[name] else {
            let near = Spelling.suggestion(name, among: catalog.operations.keys.sorted())
            return report(
                .unknownOperation,
                "there is no operation `\(name)`",
                step.place,
                near.map { "did you mean `\($0)`?" },
            )
        }
        checkInput(input, schema, step)
        guard let auth else { return }
        guard slots.contains(auth) else {
            let near = Spelling.suggestion(auth, among: slots.sorted())
            return report(
                .unknownAuth,
                "there is no auth slot `\(auth)`",
                step.place,
                near.map { "did you mean `\($0)`?" },
            )
        }
        if let service = services[auth], service != connector, connector != "http" {
            report(
                .unknownAuth,
                "the auth slot `\(auth)` is for \(service), not for \(connector)",
                step.place,
            )
        }
    }

    /// Constant inputs are checked whole; for others, which keys are there.
    private mutating func checkInput(_ input: Template, _ schema: JSONSchema, _ step: Step) {
        switch input {
        case .literal(let value):
            for violation in schema.validate(value).prefix(5) {
                report(.wrongInput, "`with`: \(violation.message)", step.place)
            }
        case .object(let members):
            let keys = Set(members.map(\.key))
            for name in schema.source["required"]?.arrayValue ?? [] {
                guard let name = name.stringValue, !keys.contains(name) else { continue }
                report(.wrongInput, "`with`: `\(name)` is missing", step.place)
            }
            guard schema.source["additionalProperties"] == .bool(false),
                let known = schema.source["properties"]?.objectValue
            else { return }
            for key in keys.sorted() where known[key] == nil {
                let near = Spelling.suggestion(key, among: known.keys)
                report(
                    .wrongInput,
                    "`with`: `\(key)` is not a parameter",
                    step.place,
                    near.map { "did you mean `\($0)`?" },
                )
            }
        default: return
        }
    }

    private mutating func checkCall(_ name: String, _ step: Step) {
        let callable = siblings.filter { sibling in
            switch sibling.trigger {
            case .call, .manual: true
            default: false
            }
        }
        guard !callable.contains(where: { $0.name == name }) else { return }
        let near = Spelling.suggestion(name, among: callable.map(\.name))
        report(
            .unknownWorkflow,
            "no workflow `\(name)` can be called",
            step.place,
            near.map { "did you mean `\($0)`?" } ?? "give it `trigger: call`",
        )
    }

    private mutating func checkReachable(_ steps: [Step]) {
        for (step, next) in zip(steps, steps.dropFirst()) where step.alwaysEnds {
            report(
                .unreachable,
                "this step never runs: the one before it ends the workflow",
                next.place,
                severity: .warning,
            )
        }
        for step in steps {
            for inner in step.children { checkReachable(inner) }
            if case .branch(let branch)? = step.onError { checkReachable(branch) }
        }
    }

    private mutating func checkReplies(_ all: [Step]) {
        guard case .webhook(let webhook) = workflow.trigger, webhook.respond == .whenFinished
        else { return }
        let hasReply = all.contains { if case .reply = $0.kind { true } else { false } }
        if !hasReply {
            report(
                .noReply,
                "a caller waits, and no step replies",
                workflow.place,
                "it gets the last step's output",
                severity: .warning,
            )
        }
        for (step, next) in zip(workflow.steps, workflow.steps.dropFirst()) {
            guard case .reply(.literal(let status), _, _) = step.kind,
                let code = status.integerValue, code < 400, !step.alwaysEnds
            else { continue }
            report(
                .heldReply,
                "this step holds the caller: a reply of \(code) is told at the end",
                next.place,
                severity: .warning,
            )
        }
    }
}
