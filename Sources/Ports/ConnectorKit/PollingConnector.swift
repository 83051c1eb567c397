import Model

/// A connector with triggers that are asked again and again what is new.
public protocol PollingConnector: Connector {
    /// Its triggers; names are unique.
    var triggers: [PollingTriggerSpec] { get }

    /// Asks once what is new.
    ///
    /// Nothing is remembered here: the caller stores the cursor together with the events, and the
    /// keys that it has seen. The authentication, configuration and services are those of `call`;
    /// its operation is set by the trigger.
    /// - Parameters:
    ///   - trigger: The trigger's name.
    ///   - cursor: Null at first, then what the last poll gave.
    ///   - call: On whose behalf.
    /// - Returns: The events and the next cursor.
    /// - Throws: The typed problem, as an operation does.
    func poll(
        _ trigger: String,
        cursor: JSONValue,
        call: OperationCall,
    ) async throws(Problem) -> PollResult
}

/// What a polling trigger declares.
public struct PollingTriggerSpec: Sendable, Hashable {
    /// The part after the dot in `service`.
    public var name: String
    /// The time between two polls.
    public var every: TimeSpan

    /// Makes one from its members.
    public init(name: String, every: TimeSpan) {
        self.name = name
        self.every = every
    }
}

/// What one poll found.
public struct PollResult: Sendable, Hashable {
    /// In the order of the service; of several with one key the first.
    public var events: [ServiceEvent]
    /// To be stored when the events are, and given to the next poll.
    public var cursor: JSONValue

    /// Makes one from its members.
    public init(events: [ServiceEvent], cursor: JSONValue) {
        self.events = events
        self.cursor = cursor
    }
}

/// One event of a service.
public struct ServiceEvent: Sendable, Hashable {
    /// The same for the same event, however often it is found or sent.
    public var key: String
    /// The event itself: `$trigger` of the execution.
    public var value: JSONValue

    /// Makes one from its members.
    public init(key: String, value: JSONValue) {
        self.key = key
        self.value = value
    }
}
