import Definitions
import Expressions
import Model

/// One piece of the running state.
enum Frame: Sendable {
    /// A place that is being rewritten.
    case none
    case sequence(SequenceFrame)
    case step(StepFrame)
}

/// Steps one after the other.
struct SequenceFrame: Sendable {
    /// The step frame around it; nil for the workflow's own steps.
    var parent: Int?
    var steps: [Step]
    var position = 0
    /// Of the last step that ended.
    var output: JSONValue = .null
    var scope: Int
    var surroundings = Surroundings()
    /// An error branch was chosen by its conditions already.
    var conditionsHold = false
    /// Which iteration or branch of the step around it.
    var slot = 0
    /// It has a scope of its own, which ends with it.
    var ownsScope = false

    init(parent: Int?, steps: [Step], scope: Int) {
        self.parent = parent
        self.steps = steps
        self.scope = scope
    }
}

/// What a place sees besides the scope.
struct Surroundings: Sendable {
    var error: Problem?
    var item: JSONValue?
    var index: Int?
    var iterations: [Int] = []
    /// Inside a `for_each`, so that `break` and `next` have a meaning.
    var isInLoop = false
}

/// One step in progress.
struct StepFrame: Sendable {
    /// The sequence frame it stands in.
    var parent: Int
    var step: Step
    var scope: Int
    var surroundings: Surroundings
    var attempt = 1
    var firstStartedAt: Timestamp
    /// When the step's own timeout is due.
    var deadline: Timestamp?
    var activity = Activity.idle

    var reference: StepReference {
        StepReference(node: step.node, iterations: surroundings.iterations)
    }

    /// `steps[2].for_each[4].steps[0]`: the path with the iterations filled in.
    var occurrence: String {
        guard !surroundings.iterations.isEmpty else { return step.path }
        return step.path + "@" + surroundings.iterations.map(String.init).joined(separator: ".")
    }
}

/// What a step is waiting for.
enum Activity: Sendable {
    case idle
    /// Its turn came; a resumption lets it begin.
    case held
    indirect case attempt(Int, AttemptRequest)
    case retryDelay(until: Timestamp)
    case wait(until: Timestamp)
    case child(ChildRequest)
    /// Its body, a sequence frame.
    case body(Int)
    case loop(LoopState)
    case parallel(ParallelState)
    /// The error branch is at work on the problem.
    case handling(Problem, Int)
}

struct LoopState: Sendable {
    var items: [JSONValue]
    var next = 0
    /// Sequence frames of the running iterations, by iteration.
    var running: [Int: Int] = [:]
    var results: [JSONValue?]
}

struct ParallelState: Sendable {
    /// Sequence frames of the running branches, by branch.
    var running: [Int: Int] = [:]
    var results: [JSONValue]
    /// What each ended branch put into its scope.
    var scopes: [Scope?]
}

/// `$steps` and `$errors` at a place.
struct Scope: Sendable {
    var steps: JSONValue = .object(JSONObject())
    var errors: JSONValue = .object(JSONObject())
    /// Ids that were written here, in order, so that a join can carry them out.
    var written: [String] = []
    /// JSON bytes written here.
    var bytes = 0
}

/// Slots that are reused; ids are stable while a slot is in use. Deterministic.
struct Arena<Element: Sendable>: Sendable {
    private var slots: [Element?] = []
    private var free: [Int] = []
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var ids: [Int] { slots.indices.filter { slots[$0] != nil } }

    mutating func insert(_ element: Element) -> Int {
        count += 1
        if let id = free.popLast() {
            slots[id] = element
            return id
        }
        slots.append(element)
        return slots.count - 1
    }

    subscript(id: Int) -> Element? { slots.indices.contains(id) ? slots[id] : nil }

    mutating func update(_ id: Int, _ body: (inout Element) -> Void) {
        guard slots.indices.contains(id), var element = slots[id] else { return }
        slots[id] = nil
        body(&element)
        slots[id] = element
    }

    @discardableResult
    mutating func remove(_ id: Int) -> Element? {
        guard slots.indices.contains(id), let element = slots[id] else { return nil }
        slots[id] = nil
        free.append(id)
        count -= 1
        return element
    }
}
