import Model

/// One attempt of one operation, with all that a connector may know.
public struct OperationCall: Sendable {
    /// The operation, without the connector's name.
    public var operation: String
    /// Matches the operation's `parameters`.
    public var input: JSONValue
    /// The credential that the step names, when it names one.
    public var authentication: Authentication?
    /// The instance's configuration over the account's: an object.
    public var config: JSONValue
    /// The same for every attempt of this step occurrence, and unique in the world.
    public var idempotencyKey: String
    /// From 1.
    public var attempt: Int
    /// How long the attempt may take; the engine cancels the task then.
    public var timeout: TimeSpan
    /// The execution whose step this is.
    public var execution: ExecutionFacts
    /// What the engine offers.
    public var services: any ConnectorServices

    /// Makes one from its members.
    public init(
        operation: String,
        input: JSONValue,
        authentication: Authentication? = nil,
        config: JSONValue = .object(JSONObject()),
        idempotencyKey: String,
        attempt: Int = 1,
        timeout: TimeSpan,
        execution: ExecutionFacts,
        services: any ConnectorServices,
    ) {
        self.operation = operation
        self.input = input
        self.authentication = authentication
        self.config = config
        self.idempotencyKey = idempotencyKey
        self.attempt = attempt
        self.timeout = timeout
        self.execution = execution
        self.services = services
    }
}

/// A credential, opened for one attempt.
///
/// Its description never shows a secret.
public struct Authentication: Sendable, CustomStringConvertible {
    /// The forms of a credential.
    public enum Credential: Sendable {
        case bearer(token: String)
        case basic(user: String, password: String)
        case apiKey(key: String, header: String?, query: String?)
        case headers([String: String])
    }

    /// The slot it was found by.
    public var name: String
    /// The secret itself.
    public var credential: Credential
    /// What the service said with the tokens and is no secret: `instance_url`.
    public var facts: JSONObject

    /// Makes one from its members.
    public init(name: String, credential: Credential, facts: JSONObject = JSONObject()) {
        self.name = name
        self.credential = credential
        self.facts = facts
    }

    /// The slot's name alone.
    public var description: String { "Authentication(\(name))" }
}

/// Who asks.
public struct ExecutionFacts: Sendable, Hashable {
    /// The execution's identifier.
    public var id: ExecutionID
    /// The workflow's name.
    public var workflow: String
    /// The solution's name; nil for an account workflow.
    public var solution: String?
    /// The empty string is the account itself.
    public var instance: String
    /// The caller's request id, to be sent along.
    public var correlationID: String?
    /// W3C trace context of this step, to be sent along.
    public var traceparent: String?

    /// Makes one from its members.
    public init(
        id: ExecutionID,
        workflow: String,
        solution: String? = nil,
        instance: String = "",
        correlationID: String? = nil,
        traceparent: String? = nil,
    ) {
        self.id = id
        self.workflow = workflow
        self.solution = solution
        self.instance = instance
        self.correlationID = correlationID
        self.traceparent = traceparent
    }
}

/// What the engine offers to connectors.
public protocol ConnectorServices: ConnectorClock {
    var storage: any DataStorage { get }
    var executions: any ExecutionStarter { get }
    /// Writes one record to the log, redacted.
    func log(level: LogLevel, message: String, fields: JSONObject)
}

/// How urgent a log record is.
public enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case debug, info, warning, error, critical
}

/// The four scopes of data storage.
public enum StorageScope: String, Sendable, Hashable, CaseIterable {
    case execution, workflow, instance, account
}

/// Data storage as the calling execution may see it: each scope is its own.
public protocol DataStorage: Sendable {
    /// Nil when absent or expired.
    func get(_ scope: StorageScope, _ key: String) async throws(Problem) -> DataItem?
    /// With `expected` (0: absent) a compare-and-set. The new version; nil when it did not match.
    func set(
        _ scope: StorageScope,
        _ key: String,
        to value: JSONValue,
        ttl: TimeSpan?,
        expected: Int64?,
    ) async throws(Problem) -> Int64?
    func remove(
        _ scope: StorageScope,
        _ key: String,
        expected: Int64?,
    )
        async throws(Problem) -> Bool
    /// Keys with a prefix, in order, after `after`.
    func keys(
        _ scope: StorageScope,
        prefix: String,
        after: String?,
        limit: Int,
    )
        async throws(Problem) -> [String]
}

/// A stored value with its version.
public struct DataItem: Sendable, Hashable {
    /// What was stored.
    public var value: JSONValue
    /// From 1, one more at each set.
    public var version: Int64

    /// Makes one from its members.
    public init(value: JSONValue, version: Int64) {
        self.value = value
        self.version = version
    }
}

/// Starts and awaits executions of the same instance.
public protocol ExecutionStarter: Sendable {
    /// Starts a workflow with a `call` or `manual` trigger; the same key never starts it twice.
    func start(
        workflow: String,
        input: JSONValue,
        idempotencyKey: String,
    )
        async throws(Problem) -> ExecutionID
    /// Waits for the end and gives the output; a failure becomes the thrown problem's cause.
    func wait(for id: ExecutionID) async throws(Problem) -> JSONValue
}
