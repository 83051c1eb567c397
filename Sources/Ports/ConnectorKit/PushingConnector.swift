import Model

/// A connector with triggers that the service itself sets off, by requests to an address of ours.
///
/// Nothing is remembered here: the caller keeps the subscription and its secret, verifies each
/// request by what the trigger declares, and starts nothing twice for one key.
public protocol PushingConnector: Connector {
    /// Its triggers; names are unique, also among those that are polled.
    var pushTriggers: [PushTriggerSpec] { get }

    /// Makes the subscription of the target, finds the one that is there already, or renews it.
    ///
    /// Twice is as once: after a crash it is called again with the same target, and must not leave
    /// two subscriptions. Use the target's key, or look for its address first.
    /// - Parameters:
    ///   - trigger: The trigger's name.
    ///   - target: What the service is told.
    ///   - known: The subscription that is to be renewed; nil when none is known.
    ///   - call: On whose behalf; its input is the `with` of the workflow's trigger.
    /// - Throws: The typed problem, as an operation does.
    func subscribe(
        _ trigger: String,
        to target: PushTarget,
        known: PushSubscription?,
        call: OperationCall,
    ) async throws(Problem) -> PushSubscription

    /// Ends a subscription; one that is not there any more is no problem.
    func unsubscribe(
        _ trigger: String,
        _ subscription: PushSubscription,
        of target: PushTarget,
        call: OperationCall,
    ) async throws(Problem)

    /// What a request is answered with by which the service makes sure of who listens; nil when it
    /// is no such request.
    func handshake(
        _ trigger: String,
        _ delivery: PushDelivery,
    ) throws(Problem) -> PushAnswer?

    /// The events of a request that was verified; none when it is of no interest.
    func events(
        _ trigger: String,
        in delivery: PushDelivery,
    ) throws(Problem) -> [ServiceEvent]
}

/// What a push trigger declares.
public struct PushTriggerSpec: Sendable, Hashable {
    /// When a handshake is answered.
    public enum Handshake: String, Sendable, Hashable, CaseIterable {
        case none
        /// Once its signature was verified, as of any other request.
        case verified
        /// Before: the service does not sign it.
        case unverified
    }

    /// The part after the dot in `service`.
    public var name: String
    /// How a request proves where it comes from.
    public var verification: PushVerification
    /// False when a person tells the service the address.
    public var subscribes: Bool
    /// Whether ``PushingConnector/subscribe(_:to:known:call:)`` can renew; without it a
    /// subscription that ends is replaced.
    public var renews: Bool
    /// When a handshake is answered.
    public var handshake: Handshake

    /// Makes one from its members.
    public init(
        name: String,
        verification: PushVerification,
        subscribes: Bool = true,
        renews: Bool = false,
        handshake: Handshake = .none,
    ) {
        self.name = name
        self.verification = verification
        self.subscribes = subscribes
        self.renews = renews
        self.handshake = handshake
    }
}

/// How a request proves where it comes from. Comparisons take constant time.
public struct PushVerification: Sendable, Hashable {
    /// Where the key is found.
    public enum Secret: Sendable, Hashable {
        /// Made for each subscription, or chosen by the service when it was made.
        case subscription
        case environment(String)
        case file(String)
    }

    /// The forms of proof.
    public enum Scheme: Sendable, Hashable {
        /// The address alone, which nobody can guess.
        case address
        /// HMAC-SHA256 of a text with `{timestamp}` and `{body}` in it, in a header.
        case hmacSHA256(
            header: String,
            prefix: String,
            isBase64: Bool,
            signedText: String,
            timestampHeader: String?,
            tolerance: TimeSpan,
        )
        /// Standard Webhooks 1.0.
        case standardWebhooks(tolerance: TimeSpan)
        /// A token in a header or query parameter.
        case token(header: String?, query: String?)
    }

    /// Where the key is found.
    public var secret: Secret
    /// The form of proof.
    public var scheme: Scheme

    /// Makes one from its members.
    public init(secret: Secret, scheme: Scheme) {
        self.secret = secret
        self.scheme = scheme
    }
}

/// What the service is told.
public struct PushTarget: Sendable, Hashable {
    /// Where it is to send: nobody can guess it. The same for the same subscription.
    public var url: String
    /// The name of the subscription here: the same in each try, another one after it was ended.
    public var key: String
    /// What it is to sign with, unless it chooses a secret itself.
    public var secret: String

    /// Makes one from its members.
    public init(url: String, key: String, secret: String) {
        self.url = url
        self.key = key
        self.secret = secret
    }
}

/// What was agreed with a service.
public struct PushSubscription: Sendable, Hashable {
    /// The service's own name for it.
    public var id: String
    /// Nil: it does not end by itself.
    public var expiresAt: Timestamp?
    /// The secret that the service chose; nil: it is the target's.
    public var secret: String?

    /// Makes one from its members.
    public init(id: String, expiresAt: Timestamp? = nil, secret: String? = nil) {
        self.id = id
        self.expiresAt = expiresAt
        self.secret = secret
    }
}

/// A request of the service, with whose it is.
public struct PushDelivery: Sendable, Hashable {
    /// `method`, `headers` with names in lower case, `query`, `body`; without what proves it.
    public var request: JSONValue
    /// The `with` of the workflow's trigger.
    public var input: JSONValue
    /// The instance's configuration.
    public var config: JSONValue

    /// Makes one from its members.
    public init(request: JSONValue, input: JSONValue, config: JSONValue) {
        self.request = request
        self.input = input
        self.config = config
    }
}

/// The answer to a handshake, with status 200.
public struct PushAnswer: Sendable, Hashable {
    /// A text is sent as text, all else as JSON.
    public var body: JSONValue

    /// Makes one from its members.
    public init(body: JSONValue) { self.body = body }
}
