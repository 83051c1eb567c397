/// The closed list of what can go wrong. Every error in Backstop has exactly one of these types.
///
/// The slug is stable; at the edge it becomes the URN `urn:backstop:problem:<slug>` (RFC 9457 `type`).
public enum ProblemType: String, Sendable, Hashable, CaseIterable {
    case authentication
    case authorization
    case rateLimit = "rate_limit"
    case timeout
    case communication
    case service
    case request
    case notFound = "not_found"
    case conflict
    case tooLarge = "too_large"
    case validation
    case expression
    case configuration
    case limit
    case cancelled
    case raised
    case runtime

    /// The RFC 9457 `type` member.
    public var urn: String { "urn:backstop:problem:" + rawValue }

    /// Reads a slug or its URN.
    public init?(slugOrURN text: String) {
        let prefix = "urn:backstop:problem:"
        let slug = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
        self.init(rawValue: slug)
    }
}

/// Whether trying again can help.
public enum RetryKind: String, Sendable, Hashable, CaseIterable {
    /// Trying again may succeed.
    case transient
    /// Trying again gives the same answer.
    case terminal
    /// The other side said when to try again.
    case after
}

/// Where the problem arose.
public enum ProblemOrigin: String, Sendable, Hashable, CaseIterable {
    /// The third party answered with an error or could not be reached.
    case service
    /// The workflow itself: a mapping, a raise, a schema.
    case workflow
    /// Backstop: a limit, the engine, the store.
    case platform
}

/// Who can act on the problem.
public enum ProblemActor: String, Sendable, Hashable, CaseIterable {
    case builder, support, client, vendor, platform
}

/// What the actor should do.
public enum ProblemAction: String, Sendable, Hashable, CaseIterable {
    case reconnect
    case retry
    case fixMapping = "fix_mapping"
    case fixConfig = "fix_config"
    case wait
    case contact
    case none
}
