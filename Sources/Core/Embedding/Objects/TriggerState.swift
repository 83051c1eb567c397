import Model

/// Where one trigger of one instance stands.
package struct TriggerState: JSONDocument {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case schedule
        /// A service that is asked for what is new.
        case poll
        /// A service that sends what is new.
        case push
    }

    /// What the connector agreed with the service.
    package struct Subscription: Sendable, Hashable {
        /// The service's own name for it; empty while it is being made.
        package var id: String
        package var expiresAt: Timestamp?
        /// The secret that its messages are signed with, sealed, as base 64 text.
        package var sealed: String?

        package init(id: String, expiresAt: Timestamp? = nil, sealed: String? = nil) {
            self.id = id
            self.expiresAt = expiresAt
            self.sealed = sealed
        }
    }

    package var instance: ObjectID
    package var workflow: String
    package var kind: Kind
    /// How far a poll has read; nil before the first.
    package var cursor: JSONValue?
    package var lastDue: Timestamp?
    package var nextDue: Timestamp?
    /// The execution that it started last and that has not ended.
    package var running: ExecutionID?
    package var consecutiveFailures: Int
    package var subscription: Subscription?
    /// How many subscriptions there were before this one: each has an address of its own.
    package var generation: Int
    /// The instance as it was when ``subscription`` was made: set when it is to end, or to be
    /// looked at, as the instance has changed since.
    package var leaving: Instance?

    package init(
        instance: ObjectID,
        workflow: String,
        kind: Kind,
        cursor: JSONValue? = nil,
        lastDue: Timestamp? = nil,
        nextDue: Timestamp? = nil,
        running: ExecutionID? = nil,
        consecutiveFailures: Int = 0,
        subscription: Subscription? = nil,
        generation: Int = 0,
        leaving: Instance? = nil,
    ) {
        self.instance = instance
        self.workflow = workflow
        self.kind = kind
        self.cursor = cursor
        self.lastDue = lastDue
        self.nextDue = nextDue
        self.running = running
        self.consecutiveFailures = consecutiveFailures
        self.subscription = subscription
        self.generation = generation
        self.leaving = leaving
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["instance"] = .id(instance)
        object["workflow"] = .string(workflow)
        object["kind"] = .string(kind.rawValue)
        object["cursor"] = cursor
        object["last_due"] = lastDue.map(JSONValue.time)
        object["next_due"] = nextDue.map(JSONValue.time)
        object["running"] = running.map { .string($0.description) }
        object["consecutive_failures"] = .integer(Int64(consecutiveFailures))
        object["subscription"] = subscription?.json
        if generation > 0 { object["generation"] = .integer(Int64(generation)) }
        object["leaving"] = leaving?.json
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let instance = object.get("instance", { $0.id(.instance) }),
            let workflow = object.get("workflow", \.stringValue),
            let kind = object.get("kind", { $0.word(Kind.self) }),
            let lastDue = object.maybe("last_due", \.timeValue),
            let nextDue = object.maybe("next_due", \.timeValue),
            let running = object.maybe("running", \.executionValue),
            let failures = object.get("consecutive_failures", \.countValue),
            let subscription = object.maybe("subscription", Subscription.init(json:)),
            let generation = object.maybe("generation", \.countValue),
            let leaving = object.maybe("leaving", Instance.init(json:))
        else { return nil }
        self.init(
            instance: instance,
            workflow: workflow,
            kind: kind,
            cursor: object["cursor"],
            lastDue: lastDue,
            nextDue: nextDue,
            running: running,
            consecutiveFailures: failures,
            subscription: subscription,
            generation: generation ?? 0,
            leaving: leaving,
        )
    }

    /// A client sees when it is due; the cursor and the subscription are the partner's.
    package func view(for reader: Reader) -> JSONValue {
        guard case .object(var object) = json else { return json }
        object["leaving"] = nil
        if reader == .client {
            for key in ["cursor", "running", "subscription", "generation", "consecutive_failures"] {
                object[key] = nil
            }
        } else if var shown = object["subscription"]?.objectValue {
            shown["sealed"] = nil
            object["subscription"] = .object(shown)
        }
        return .object(object)
    }
}

extension TriggerState.Subscription {
    var json: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["expires_at"] = expiresAt.map(JSONValue.time)
        object["sealed"] = sealed.map(JSONValue.string)
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue, let id = object.get("id", \.stringValue),
            let expiresAt = object.maybe("expires_at", \.timeValue),
            let sealed = object.maybe("sealed", \.stringValue)
        else { return nil }
        self.init(id: id, expiresAt: expiresAt, sealed: sealed)
    }
}
