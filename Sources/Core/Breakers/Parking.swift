import Embedding
import Model

/// That an execution waits for a connection: not failed, with its payload and journal as they are.
package struct Parking: JSONDocument {
    package var execution: ExecutionID
    /// Nil: the account's own.
    package var owner: ObjectID?
    package var instance: String
    package var connection: String
    package var operations: OperationClass
    /// The place of the step in the workflow.
    package var path: String
    package var reason: ProblemType
    /// When it was parked first.
    package var since: Timestamp
    /// Then its step fails.
    package var until: Timestamp

    package init(
        execution: ExecutionID,
        owner: ObjectID?,
        instance: String,
        connection: String,
        operations: OperationClass,
        path: String,
        reason: ProblemType,
        since: Timestamp,
        until: Timestamp,
    ) {
        self.execution = execution
        self.owner = owner
        self.instance = instance
        self.connection = connection
        self.operations = operations
        self.path = path
        self.reason = reason
        self.since = since
        self.until = until
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["execution"] = .string(execution.description)
        object["owner"] = .string(owner?.description ?? "")
        object["instance"] = .string(instance)
        object["connection"] = .string(connection)
        object["operations"] = .string(operations.rawValue)
        object["path"] = .string(path)
        object["reason"] = .string(reason.rawValue)
        object["since"] = .time(since)
        object["until"] = .time(until)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let execution = object.get("execution", \.executionValue),
            let ownerText = object.get("owner", \.stringValue),
            let instance = object.get("instance", \.stringValue),
            let connection = object.get("connection", \.stringValue),
            let operations = object.get("operations", { $0.word(OperationClass.self) }),
            let path = object.get("path", \.stringValue),
            let reason = object.get("reason", { $0.word(ProblemType.self) }),
            let since = object.get("since", \.timeValue),
            let until = object.get("until", \.timeValue)
        else { return nil }
        let owner = ObjectID(.endUser, ownerText)
        guard owner != nil || ownerText.isEmpty else { return nil }
        self.init(
            execution: execution,
            owner: owner,
            instance: instance,
            connection: connection,
            operations: operations,
            path: path,
            reason: reason,
            since: since,
            until: until,
        )
    }

    /// What an execution that waits says of it. A client is not told the names of parts that are
    /// the partner's.
    package func view(for reader: Reader) -> JSONValue {
        var object = JSONObject()
        if reader == .partner {
            object["connection"] = .string(connection)
            object["path"] = .string(path)
        }
        object["reason"] = .string(reason.rawValue)
        object["since"] = .time(since)
        object["until"] = .time(until)
        return .object(object)
    }
}
