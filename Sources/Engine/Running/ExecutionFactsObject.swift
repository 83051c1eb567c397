import Model
import StorePort

/// The value of `$execution`, made from what the store keeps, so that every replay sees the same.
enum ExecutionFactsObject {
    static func make(_ head: StoredExecution, _ input: StartInput) -> JSONValue {
        var facts = JSONObject()
        facts["id"] = .string(head.id.description)
        facts["workflow"] = .string(head.workflow)
        facts["solution"] = head.solution.map(JSONValue.string)
        facts["version"] = input.solutionVersion.map(JSONValue.string)
        facts["correlation_id"] = head.correlationID.map(JSONValue.string) ?? .null
        facts["parent"] = (head.parent?.id.description).map(JSONValue.string)
        facts["replay_of"] = (head.replayOf?.description).map(JSONValue.string)
        facts["root"] = (head.root?.description).map(JSONValue.string)
        facts["created_at"] = .string(head.id.createdAt.description)
        return .object(facts)
    }
}
