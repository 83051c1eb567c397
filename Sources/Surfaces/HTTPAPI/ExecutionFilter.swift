import Model
import StorePort

/// The filters of `GET /v1/executions`.
enum ExecutionFilter {
    static let parameters = [
        "status", "reason", "workflow", "solution", "instance", "correlation_id", "parent",
        "replay_of", "root",
        "created_from", "created_to", "limit", "cursor",
    ]

    /// The filter of a replay: as in the list, without a page.
    static func query(of object: JSONObject) throws(Problem) -> ExecutionQuery {
        do throws(APIFault) {
            let known = parameters.filter { $0 != "limit" && $0 != "cursor" }
            return try query(QueryParameters(object, known: known))
        } catch {
            throw error.problem
        }
    }

    static func query(_ given: QueryParameters) throws(APIFault) -> ExecutionQuery {
        var query = ExecutionQuery()
        query.status = try given.word("status")
        query.reason = try given.word("reason")
        query.workflow = given["workflow"]
        query.solution = given["solution"]
        query.instance = given["instance"]
        query.correlationID = given["correlation_id"]
        query.parent = try given.execution("parent")
        query.replayOf = try given.execution("replay_of")
        query.root = try given.execution("root")
        query.createdFrom = try given.time("created_from")
        query.createdTo = try given.time("created_to")
        if let text = given["limit"] {
            guard let limit = Int(text), (1...500).contains(limit) else {
                throw .invalidParameter("limit", "it is a number from 1 to 500")
            }
            query.limit = limit
        }
        if let cursor = given["cursor"] {
            guard let id = ExecutionID(cursor) else {
                throw .invalidParameter("cursor", "take it from the page before")
            }
            query.before = id
        }
        return query
    }
}
