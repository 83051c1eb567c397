import Model
import StorePort

/// The numbers that stand for statuses and reasons in the tables; never change one.
enum StatusCode {
    static let running: Int64 = 0
    static let finished: Int64 = 1
    static let queued: Int64 = 2
    static let waiting: Int64 = 3

    static func of(_ status: ExecutionStatus) -> Int64 {
        switch status {
        case .running: running
        case .finished: finished
        case .queued: queued
        case .waiting: waiting
        }
    }

    static func status(_ code: Int64) throws -> ExecutionStatus {
        switch code {
        case running: return .running
        case finished: return .finished
        case queued: return .queued
        case waiting: return .waiting
        default: throw StoreError.corrupt("\(code) is no status")
        }
    }

    static func of(_ reason: ExecutionReason) -> Int64 {
        switch reason {
        case .succeeded: 1
        case .handled: 2
        case .failed: 3
        case .timedOut: 4
        case .neverStarted: 5
        case .cancelled: 6
        case .expired: 7
        }
    }

    static func reason(_ code: Int64) throws -> ExecutionReason? {
        if code == 0 { return nil }
        guard let reason = ExecutionReason.allCases.first(where: { of($0) == code }) else {
            throw StoreError.corrupt("\(code) is no reason")
        }
        return reason
    }
}
