import Model

/// Time, as the engine gets it: real, or a test's own.
package protocol EngineClock: Sendable {
    func now() -> Timestamp
    /// Returns at or after the deadline; throws when the task is cancelled.
    func sleep(until deadline: Timestamp) async throws(CancellationError)
}
