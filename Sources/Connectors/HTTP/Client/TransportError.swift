import Model

/// A failed exchange before it becomes a problem: which failure, and what can be said about it.
struct TransportError: Error {
    var failure: TransportFailure
    var detail: String

    init(_ failure: TransportFailure, _ detail: String) {
        self.failure = failure
        self.detail = detail
    }
}
