import Definitions
import Expressions
import Model

/// What a step does, without the steps inside it and without its error handling: two steps of the
/// same shape give the same output for the same input.
struct StepShape: Hashable {
    private var id: String?
    private var condition: Program?
    private var words: [String]
    private var programs: [Program] = []
    private var templates: [Template?] = []

    init(_ step: Step) {
        id = step.id
        condition = step.condition
        switch step.kind {
        case .run(let connector, let operation, let auth, let input):
            words = ["run", connector, operation, auth ?? ""]
            templates = [input]
        case .reply(let status, let headers, let body):
            words = ["reply"]
            templates = [status, headers, body]
        case .set(let template):
            words = ["set"]
            templates = [template]
        case .branch(let condition, _, _):
            words = ["if"]
            programs = [condition]
        case .choose(let subject, let cases, _):
            words = ["switch"]
            programs = [subject]
            templates = cases.map(\.value)
        case .forEach(let items, _, _):
            words = ["for_each"]
            programs = [items]
        case .parallel(let branches): words = ["parallel"] + branches.map(\.name)
        case .group: words = ["group"]
        case .wait(let duration, let until):
            words = ["wait"]
            templates = [duration, until]
        case .raise: words = ["raise"]
        case .call(let workflow, let input, let waits):
            words = ["call", workflow, waits ? "waits" : ""]
            templates = [input]
        case .stop(let fails, let output):
            words = ["stop", fails ? "fails" : ""]
            templates = [output]
        }
    }
}

extension Step {
    /// What it does to the world outside, for idempotency keys; nil when it does nothing there.
    var effect: String? {
        switch kind {
        case .run(let connector, let operation, _, _): "\(connector).\(operation)"
        case .call(let workflow, _, _): "call \(workflow)"
        default: nil
        }
    }
}
