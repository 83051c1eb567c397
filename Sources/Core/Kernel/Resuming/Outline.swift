import Definitions
import Model

/// Where each step of a definition stands.
struct Outline: Sendable {
    struct Entry: Sendable {
        var step: Step
        /// The node of the step around it; nil for the workflow's own steps and its error branch.
        var parent: Int?
        /// It is an entry of the error branch of its parent, or of the workflow.
        var isHandler: Bool
        /// How many `for_each` steps are around it.
        var loops: Int
    }

    private(set) var entries: [Int: Entry] = [:]
    private var nodeByPath: [String: Int] = [:]
    private var nodeByID: [String: Int] = [:]

    init(_ definition: WorkflowDefinition) {
        add(definition.steps, parent: nil, isHandler: false, loops: 0)
        add(definition.onError?.entries ?? [], parent: nil, isHandler: true, loops: 0)
    }

    private mutating func add(_ steps: [Step], parent: Int?, isHandler: Bool, loops: Int) {
        for step in steps {
            entries[step.node] = Entry(
                step: step,
                parent: parent,
                isHandler: isHandler,
                loops: loops,
            )
            nodeByPath[step.path] = step.node
            if let id = step.id { nodeByID[id] = step.node }
            let inner = if case .forEach = step.kind { loops + 1 } else { loops }
            for body in step.kind.bodies {
                add(body, parent: step.node, isHandler: false, loops: inner)
            }
            let handler = step.onError?.entries ?? []
            add(handler, parent: step.node, isHandler: true, loops: loops)
        }
    }

    func node(path: String) -> Int? { nodeByPath[path] }

    /// By id, or by path.
    func node(named name: String) -> Int? { nodeByID[name] ?? nodeByPath[name] }

    func isInside(_ node: Int, _ other: Int) -> Bool {
        var current: Int? = node
        while let here = current {
            if here == other { return true }
            current = entries[here]?.parent
        }
        return false
    }

    /// The outermost step whose error branch the node stands in; the node itself when it stands in
    /// none. Nil inside the workflow's own error branch.
    func handled(_ node: Int) -> Int? {
        var result = node
        var current: Int? = node
        while let here = current, let entry = entries[here] {
            if entry.isHandler {
                guard let parent = entry.parent else { return nil }
                result = parent
            }
            current = entry.parent
        }
        return result
    }
}

extension ErrorHandler {
    var entries: [Step] {
        guard case .branch(let entries) = self else { return [] }
        return entries
    }
}

extension StepKind {
    /// The steps inside it, list by list.
    var bodies: [[Step]] {
        switch self {
        case .branch(_, let then, let otherwise): [then, otherwise]
        case .choose(_, let cases, let otherwise): cases.map(\.steps) + [otherwise ?? []]
        case .forEach(_, _, let steps), .group(let steps): [steps]
        case .parallel(let branches): branches.map(\.steps)
        case .run, .reply, .set, .wait, .raise, .call, .stop: []
        }
    }
}
