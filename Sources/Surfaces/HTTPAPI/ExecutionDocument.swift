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
        object["created_at"] = .string(head.id.createdAt.description)
        object["finished_at"] = (head.finishedAt?.description).map(JSONValue.string)
        object["problem_type"] = head.problem.map { .string($0.rawValue) }
        return object
    }

    /// Everything, for admins.
    static func whole(_ view: ExecutionView, steps: [StepView]) -> JSONValue {
        var object = summary(view)
        object["trigger"] = view.trigger
        if let outcome = view.outcome {
            object["output"] = outcome.output
            object["problem"] = outcome.problem?.json
        }
        if let reply = view.reply {
            object["reply"] = .object([
                "status": .integer(Int64(reply.status)), "body": reply.body ?? .null,
            ])
        }
        object["steps"] = .array(steps.map(step))
        return .object(object)
    }

    static func step(_ view: StepView) -> JSONValue {
        var object = JSONObject()
        object["id"] = view.id.map(JSONValue.string)
        object["occurrence"] = .string(view.occurrence)
        object["kind"] = .string(view.kind)
        object["state"] = .string(view.state.rawValue)
        object["attempts"] = .array(view.attempts.map(attempt))
        return .object(object)
    }

    static func attempt(_ view: AttemptView) -> JSONValue {
        var object = JSONObject()
        object["attempt"] = .integer(Int64(view.number))
        object["started_at"] = .string(view.startedAt.description)
        object["finished_at"] = .string(view.finishedAt.description)
        object["output"] = view.output
        object["problem"] = view.problem?.json
        return .object(object)
    }

    /// What the holder of a status URL sees: no technical detail (design.md, G7).
    static func status(_ view: ExecutionView) -> JSONValue {
        var object = JSONObject()
        object["id"] = .string(view.head.id.description)
        object["status"] = .string(view.head.status.rawValue)
        object["reason"] = view.head.reason.map { .string($0.rawValue) }
        object["correlation_id"] = view.head.correlationID.map(JSONValue.string)
        object["created_at"] = .string(view.head.id.createdAt.description)
        object["finished_at"] = (view.head.finishedAt?.description).map(JSONValue.string)
        if let outcome = view.outcome {
            if outcome.reason.isSuccess { object["output"] = outcome.output }
            object["problem"] = outcome.problem?.clientJSON
        }
        return .object(object)
    }
}
