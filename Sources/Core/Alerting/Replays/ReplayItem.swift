import Embedding
import Model

/// One execution of a replay, and what became of it.
package struct ReplayItem: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case pending
        /// It was resumed, or its replay was made.
        case started
        /// Another replay of it was under way: that one is `result`.
        case underWay = "under_way"
        case refused
    }

    package var replay: ObjectID
    package var source: ExecutionID
    package var state: State
    /// The execution that runs: the source itself, or its replay.
    package var result: ExecutionID?
    /// Why it was refused.
    package var problem: Problem?

    package init(replay: ObjectID, source: ExecutionID, state: State = .pending) {
        self.replay = replay
        self.source = source
        self.state = state
    }

    /// In the order of the sources' creation.
    package var id: String { "\(replay):\(source)" }

    package var json: JSONValue {
        var object = view(for: .partner)
        object["replay"] = .id(replay)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue, let replay = object.get("replay", { $0.id(.replay) }),
            let source = object.get("execution", \.executionValue),
            let state = object.get("state", { $0.word(State.self) }),
            let result = object.maybe("result", \.executionValue),
            let problem = object.maybe("problem", Problem.init(json:))
        else { return nil }
        self.init(replay: replay, source: source, state: state)
        self.result = result
        self.problem = problem
    }

    package func view(for reader: Reader) -> JSONObject {
        var object = JSONObject()
        object["execution"] = .string(source.description)
        object["state"] = .string(state.rawValue)
        object["result"] = (result?.description).map(JSONValue.string)
        object["problem"] = problem.map { reader == .partner ? $0.json : ClientProblem($0).json }
        return object
    }
}
