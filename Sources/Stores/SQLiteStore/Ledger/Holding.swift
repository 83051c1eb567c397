/// What the writer remembers of an execution that a worker holds, so that the commonest write, an
/// append, reads nothing.
struct Holding {
    var worker: Int64
    var number: Int64
    var instance: Int64
    /// A ``StatusCode``.
    var status: Int64
    /// The sequence of the next journal entry; nil when it was not needed yet.
    var nextSequence: Int?
    /// The id of the parent that waits for this execution's end.
    var waitingParent: Int64?
    /// Something came in for it that its worker may not have heard of: it must not be put to sleep.
    var isWoken = false
}

/// A registered worker that was not given up.
struct LiveWorker {
    /// 0...1023
    var number: Int
    /// Milliseconds since 1970.
    var leaseUntil: Int64
}
