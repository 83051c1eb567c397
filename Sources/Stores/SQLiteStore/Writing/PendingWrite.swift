import StorePort

/// A write that waits for the writer.
protocol PendingWrite: AnyObject, Sendable {
    /// About how many bytes it writes.
    var cost: Int { get }
    /// Does the work inside the transaction. Refusals are kept as the result; only failures of the
    /// database are thrown. May be called again after the transaction was rolled back.
    func perform(_ ledger: Ledger) throws
    /// Resumes the caller: with the result, or with why the transaction failed.
    func settle(_ failure: StoreError?)
}

/// A write whose caller waits for a `Value`.
// Only the writer's thread touches `result`, after the queue handed the write over.
final class CallersWrite<Value: Sendable>: PendingWrite, @unchecked Sendable {
    let cost: Int
    private let body: @Sendable (Ledger) throws -> Value
    private let caller: UnsafeContinuation<Result<Value, StoreError>, Never>
    private var result: Result<Value, StoreError> = .failure(.closed)

    init(
        cost: Int,
        caller: UnsafeContinuation<Result<Value, StoreError>, Never>,
        body: @escaping @Sendable (Ledger) throws -> Value,
    ) {
        self.cost = cost
        self.caller = caller
        self.body = body
    }

    func perform(_ ledger: Ledger) throws {
        do {
            result = .success(try body(ledger))
        } catch let refusal as StoreError {
            result = .failure(refusal)
        }
    }

    func settle(_ failure: StoreError?) {
        caller.resume(returning: failure.map { .failure($0) } ?? result)
    }
}
