import Model

/// What an execution knows from its start: the values behind `$trigger`, `$config`, `$execution`,
/// `$instance` and `$user`, fixed for its life.
package struct ExecutionContext: Sendable, Hashable {
    package var id: ExecutionID
    package var trigger: JSONValue
    package var config: JSONValue
    /// `id`, `workflow`, `solution`, `version`, `correlation_id`, `started_at` and so on.
    package var execution: JSONValue
    package var instance: JSONValue
    package var user: JSONValue

    package init(
        id: ExecutionID,
        trigger: JSONValue,
        config: JSONValue = .object(JSONObject()),
        execution: JSONValue = .object(JSONObject()),
        instance: JSONValue = .null,
        user: JSONValue = .null,
    ) {
        self.id = id
        self.trigger = trigger
        self.config = config
        self.execution = execution
        self.instance = instance
        self.user = user
    }
}
