import Model

/// The faults queued through the control API: each service takes its own, first in first out.
struct FaultQueue: Sendable {
    struct Entry: Sendable, Hashable {
        var fault: Fault
        /// How many more answers it spoils, at least 1.
        var remaining: Int
    }

    private var entries: [SandboxService: [Entry]] = [:]

    /// False when the service's queue is full.
    mutating func add(_ fault: Fault, times: Int, to service: SandboxService) -> Bool {
        guard entries[service, default: []].count < SandboxLimits.queuedFaults else { return false }
        entries[service, default: []].append(Entry(fault: fault, remaining: times))
        return true
    }

    /// Takes the next fault of the service, if one is due.
    mutating func take(for service: SandboxService) -> Fault? {
        guard var queue = entries[service], let first = queue.first else { return nil }
        if first.remaining > 1 {
            queue[0].remaining -= 1
        } else {
            queue.removeFirst()
        }
        entries[service] = queue
        return first.fault
    }

    /// Forgets the faults of one service, or of all; returns how many entries went.
    mutating func clear(_ service: SandboxService?) -> Int {
        let gone = SandboxService.allCases.filter { service == nil || service == $0 }
        let count = gone.reduce(0) { $0 + entries[$1, default: []].count }
        for service in gone { entries[service] = nil }
        return count
    }

    var json: JSONValue {
        let rows = SandboxService.allCases.flatMap { service in
            entries[service, default: []].map { entry in
                JSONValue(members: [
                    "service": .string(service.rawValue),
                    "fault": .string(entry.fault.text),
                    "remaining": .count(entry.remaining),
                ])
            }
        }
        return JSONValue(members: ["faults": .array(rows)])
    }
}
