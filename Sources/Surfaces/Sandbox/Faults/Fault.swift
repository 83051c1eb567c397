/// A way for a third party to fail; `Fault.spellings` lists how each is written.
package struct Fault: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// An HTTP status, 400...599.
        case status(Int)
        /// 401, as if the token had expired.
        case expiredToken
        /// No answer at all; the connection is held open.
        case timeout
        /// The connection is reset before any work is done.
        case reset
        /// The work is done and then the connection is reset, so that the caller cannot know.
        case lost
        /// 200 with `{"ok": false, "error": …}` inside.
        case errorInside
        /// 200 with a body that is no JSON.
        case malformed
        /// The answer ends in the middle.
        case truncated
        /// The work is done and answered, late.
        case slow(milliseconds: Int)
    }

    package var kind: Kind
    /// Seconds, sent as `Retry-After` with a status; nil sends none.
    package var retryAfter: Int?

    package init(_ kind: Kind, retryAfter: Int? = nil) {
        self.kind = kind
        self.retryAfter = retryAfter
    }

    /// Whether the service does its work all the same.
    var doesTheWork: Bool {
        switch kind {
        case .lost, .slow: true
        default: false
        }
    }
}
