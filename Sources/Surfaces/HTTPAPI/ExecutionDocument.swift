import Breakers
import Embedding
import Engine
import Model

/// Executions as the API shows them.
enum ExecutionDocument {
    /// For the list: heads alone.
    static func summary(_ view: ExecutionView) -> JSONObject {
        let head = view.head
        var object = JSONObject()
        object["id"] = .string(head.id.description)
        object["workflow"] = .string(head.workflow)
        object["solution"] = head.solution.map(JSONValue.string)
        object["instance"] = head.instance.isEmpty ? nil : .string(head.instance)
        object["status"] = .string(head.status.rawValue)
        object["reason"] = head.reason.map { .string($0.rawValue) }
        object["correlation_id"] = head.correlationID.map(JSONValue.string)
        object["parent"] = (head.parent?.id.description).map(JSONValue.string)
        object["replay_of"] = (head.replayOf?.description).map(JSONValue.string)
        object["root"] = (head.root?.description).map(JSONValue.string)
        if head.resumed > 0 { object["resumed"] = .integer(Int64(head.resumed)) }
        object["created_at"] = .string(head.id.createdAt.description)
        object["finished_at"] = (head.finishedAt?.description).map(JSONValue.string)
        object["problem_type"] = head.problem.map { .string($0.rawValue) }
        return object
    }

    /// With its steps, for the partner's people.
    static func whole(
        _ view: ExecutionView,
        steps: [StepView],
        replays: [ExecutionView] = [],
        for watcher: Watcher,
    ) -> JSONValue {
        let isWhole = watcher == .whole
        var object = summary(view)
        if !replays.isEmpty {
            object["replays"] = .array(replays.map { .string($0.head.id.description) })
        }
        object["parked"] = parked(view, for: .partner)
        if isWhole { object["trigger"] = view.trigger }
        if let outcome = view.outcome {
            if isWhole { object["output"] = outcome.output }
            object["problem"] = outcome.problem.map { problem($0, isWhole) }
        }
        if let reply = view.reply {
            var words = JSONObject()
            words["status"] = .integer(Int64(reply.status))
            if isWhole { words["body"] = reply.body ?? .null }
            object["reply"] = .object(words)
        }
        object["steps"] = .array(steps.map { step($0, isWhole) })
        return .object(object)
    }

    /// Why it waits: since when, and for what.
    private static func parked(_ view: ExecutionView, for reader: Reader) -> JSONValue? {
        view.parkings.isEmpty ? nil : .array(view.parkings.map { $0.view(for: reader) })
    }

    private static func step(_ view: StepView, _ isWhole: Bool) -> JSONValue {
        var object = JSONObject()
        object["id"] = view.id.map(JSONValue.string)
        object["occurrence"] = .string(view.occurrence)
        object["kind"] = .string(view.kind)
        object["state"] = .string(view.state.rawValue)
        object["attempts"] = .array(view.attempts.map { attempt($0, isWhole) })
        return .object(object)
    }

    private static func attempt(_ view: AttemptView, _ isWhole: Bool) -> JSONValue {
        var object = JSONObject()
        object["attempt"] = .integer(Int64(view.number))
        object["started_at"] = .string(view.startedAt.description)
        object["finished_at"] = .string(view.finishedAt.description)
        if isWhole { object["output"] = view.output }
        object["problem"] = view.problem.map { problem($0, isWhole) }
        return .object(object)
    }

    /// What a service answered and what a workflow raised are payloads, and a detail may quote one.
    static func problem(_ problem: Problem, _ isWhole: Bool) -> JSONValue {
        guard !isWhole else { return problem.json }
        var bare = problem
        bare.response = nil
        bare.data = nil
        bare.detail = nil
        bare.cause = nil
        return bare.json
    }

    /// What the holder of a status URL sees: no technical detail (design.md, G7).
    static func status(
        _ view: ExecutionView,
        for watcher: Watcher,
        _ words: ClientWords,
    ) -> JSONValue {
        var object = JSONObject()
        object["id"] = .string(view.head.id.description)
        object["status"] = .string(view.head.status.rawValue)
        object["reason"] = view.head.reason.map { .string($0.rawValue) }
        object["correlation_id"] = view.head.correlationID.map(JSONValue.string)
        object["created_at"] = .string(view.head.id.createdAt.description)
        object["finished_at"] = (view.head.finishedAt?.description).map(JSONValue.string)
        object["parked"] = parked(view, for: .client)
        if let outcome = view.outcome {
            let isShown = watcher == .caller || watcher == .whole
            if outcome.reason.isSuccess, isShown { object["output"] = outcome.output }
            object["problem"] = outcome.problem.map { words($0).json }
        }
        return .object(object)
    }
}
