/// The one error object, everywhere: `$error` in a branch, `application/problem+json` at the API,
/// attributes of a log record (RFC 9457 with Backstop's extension members).
///
/// Members that are `nil` are left out of the JSON form. Texts in ``audience`` are safe for the
/// named reader; every other member may hold technical detail.
///
/// A value like any other; its many members live behind one reference, because problems travel
/// inside events, results and frames that are rarely problems at all.
@dynamicMemberLookup
public struct Problem: Error, Sendable, Hashable {
    /// The members; read and set them on the problem itself.
    public struct Members: Sendable, Hashable {
        public var type: ProblemType
        /// One line for a person; the same for every occurrence of the type unless overridden.
        public var title: String
        /// The HTTP status that describes the problem (100...599).
        public var status: Int?
        /// What happened this time.
        public var detail: String?
        /// A URI reference that names this occurrence (RFC 9457 `instance`).
        public var instance: String?
        /// The `id` of the step, when it has one.
        public var step: String?
        /// The place in the workflow: `steps[2].on_error[0]`.
        public var path: String?
        /// Which items of the loops around the step, outermost first.
        public var iterations: [Int] = []
        public var connector: String?
        public var operation: String?
        public var connectorVersion: String?
        /// The attempt that failed, from 1.
        public var attempt: Int?
        public var maxAttempts: Int?
        public var retry: RetryAdvice
        public var origin: ProblemOrigin
        /// The third party's answer, truncated and redacted.
        public var response: ProblemResponse?
        public var actor: ProblemActor
        public var action: ProblemAction
        public var audience: ProblemAudience
        public var ids: JSONObject
        /// Structured extra members: what `raise` was given, schema violations, expression positions.
        public var data: JSONValue?
        /// Stable code of the limit, finding or engine fault behind it (`B1203`), when there is one.
        public var code: String?
        public var occurredAt: Timestamp?
        public var fingerprint: String?
        /// The problem that this one replaced.
        public var cause: Problem?
    }

    // Changed only while this value is its one owner.
    private final class Storage: @unchecked Sendable {
        var members: Members

        init(_ members: Members) { self.members = members }
    }

    private var storage: Storage

    init(_ members: Members) { storage = Storage(members) }

    var members: Members { storage.members }

    public subscript<Value>(dynamicMember path: WritableKeyPath<Members, Value>) -> Value {
        get { storage.members[keyPath: path] }
        set {
            if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.members) }
            storage.members[keyPath: path] = newValue
        }
    }

    public static func == (left: Problem, right: Problem) -> Bool {
        left.storage === right.storage || left.storage.members == right.storage.members
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(storage.members) }

    /// Makes a problem with the defaults of its type, and with what the table of faults says of its
    /// number; set further members afterwards.
    public init(_ type: ProblemType, detail: String? = nil, code: String? = nil) {
        let defaults = type.defaults
        self.init(
            Members(
                type: type,
                title: defaults.title,
                status: defaults.status,
                detail: detail,
                retry: RetryAdvice(kind: defaults.retry),
                origin: defaults.origin,
                actor: defaults.actor,
                action: defaults.action,
                audience: ProblemAudience(client: defaults.client, support: defaults.support),
                ids: JSONObject(),
                code: code,
            )
        )
        if let code, let row = ProblemTable.numbered[code], row.type == type { advise(row) }
    }

    /// Whether an automatic retry may help: the step's `retry` applies when this is true.
    public var isRetryable: Bool { storage.members.retry.kind != .terminal }
}

/// When trying again makes sense.
public struct RetryAdvice: Sendable, Hashable {
    public var kind: RetryKind
    /// The least time to wait, as the service asked (`Retry-After`, RFC 9110 section 10.2.3).
    public var after: TimeSpan?
    /// When the next automatic attempt is due.
    public var nextAt: Timestamp?

    public init(kind: RetryKind, after: TimeSpan? = nil, nextAt: Timestamp? = nil) {
        self.kind = kind
        self.after = after
        self.nextAt = nextAt
    }
}

/// What a third party answered.
public struct ProblemResponse: Sendable, Hashable {
    public var status: Int
    public var headers: JSONObject
    /// Truncated to a stated limit and redacted before it got here.
    public var body: JSONValue?

    public init(status: Int, headers: JSONObject = JSONObject(), body: JSONValue? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

/// The texts for those who are not builders.
public struct ProblemAudience: Sendable, Hashable {
    public var client: String
    public var support: String
    /// The language of the text for the client; nil until the texts were chosen for a reader.
    package var language: String?
    /// The texts, of those and the title, that somebody wrote for this problem.
    package var own: Set<ProblemText> = []

    public init(client: String, support: String) {
        self.client = client
        self.support = support
    }
}
