import Model

/// Names a worker for its lifetime; never reused in one store.
package struct WorkerID: Sendable, Hashable {
    package var rawValue: Int64
    package init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A registered worker.
package struct Worker: Sendable, Hashable {
    package var id: WorkerID
    /// 0...1023, distinct among live workers: goes into execution ids.
    package var number: Int

    package init(id: WorkerID, number: Int) {
        self.id = id
        self.number = number
    }
}

/// What a worker has to hear of.
package enum StoreSignal: Sendable, Hashable {
    case cancelRequested(ExecutionID)
    /// The child of `parent` ended.
    case childFinished(parent: ExecutionID, child: ExecutionID)
}
