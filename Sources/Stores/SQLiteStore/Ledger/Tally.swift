/// How many unfinished executions there are, kept along with every change.
struct Tally {
    private(set) var queued = 0
    private(set) var running = 0
    private(set) var waiting = 0
    private(set) var queuedByInstance: [Int64: Int] = [:]

    mutating func add(_ count: Int, status: Int64, isHeld: Bool, instance: Int64) {
        switch status {
        case StatusCode.waiting: waiting += count
        case StatusCode.queued where !isHeld:
            queued += count
            let left = queuedByInstance[instance, default: 0] + count
            queuedByInstance[instance] = left == 0 ? nil : left
        case StatusCode.queued, StatusCode.running: running += count
        default: break
        }
    }
}
