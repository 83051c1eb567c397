import Embedding

/// Who looks at an execution, which decides how much of it there is to see.
enum Watcher: Sendable, Hashable {
    /// Who started it and has its status URL: the result, and no technical detail.
    case caller
    /// An end user whose instance it is: how it ended, in the client's words.
    case client
    /// The partner's people without the permission for payloads: not what went in and out.
    case reader
    /// The partner's people: everything.
    case whole

    init(_ actor: Actor) {
        if actor.permissions.contains(.readPayloads) {
            self = .whole
        } else {
            self = actor.reader == .client ? .client : .reader
        }
    }
}
