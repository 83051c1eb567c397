import Model
import StorePort

extension MemoryState {
    func executions(_ query: ExecutionQuery) -> [StoredExecution] {
        let found = rows.values.lazy.map(\.head).filter { matches($0, query) }
        let page = found.sorted { $0.id > $1.id }.prefix(StoreLimits.list(query.limit))
        guard !query.includesBodies else { return Array(page) }
        return page.map { head in
            var head = head
            head.input = []
            head.result = nil
            return head
        }
    }

    private func matches(_ head: StoredExecution, _ query: ExecutionQuery) -> Bool {
        func same(_ wanted: String?, _ actual: String?) -> Bool {
            wanted == nil || wanted.map(ExactText.init) == actual.map(ExactText.init)
        }
        return (query.status == nil || query.status == head.status)
            && (query.reason == nil || query.reason == head.reason)
            && same(query.workflow, head.workflow) && same(query.solution, head.solution)
            && same(query.instance, head.instance)
            && same(query.correlationID, head.correlationID)
            && (query.parent == nil || query.parent == head.parent?.id)
            && (query.replayOf == nil || query.replayOf == head.replayOf)
            && (query.root == nil || query.root == head.root)
            && query.createdFrom.map { head.id.createdAt >= $0 } ?? true
            && query.createdTo.map { head.id.createdAt < $0 } ?? true
            && query.before.map { head.id < $0 } ?? true
    }

    func child(of parent: ExecutionID, occurrence: String) -> StoredExecution? {
        let name = ExactText(occurrence)
        let found = rows.values.filter { row in
            guard let reference = row.head.parent else { return false }
            return reference.id == parent && ExactText(reference.occurrence) == name
        }
        return found.map(\.head).max { $0.id < $1.id }
    }

    var counts: StoreCounts {
        var counts = StoreCounts(queued: 0, running: 0, waiting: 0, queuedByInstance: [:])
        for id in unfinished {
            guard let head = rows[id]?.head else { continue }
            switch head.status {
            case .waiting: counts.waiting += 1
            case .queued where head.heldBy == nil:
                counts.queued += 1
                counts.queuedByInstance[head.instance, default: 0] += 1
            default: counts.running += 1
            }
        }
        return counts
    }

    var nextWake: Timestamp? {
        unfinished.compactMap { rows[$0]?.head.wakeAt }.min()
    }

    mutating func prune(finishedBefore before: Timestamp, limit: Int) -> Int {
        let old = rows.values.filter { row in
            row.head.finishedAt.map { $0 < before } ?? false
        }
        let chosen = old.sorted { $0.head.id < $1.head.id }.prefix(limit)
        for row in chosen {
            let id = row.head.id
            rows[id] = nil
            data[DataScope.execution(id).exactText] = nil
            if let key = row.key, keys[key]?.id == id { keys[key] = nil }
        }
        return chosen.count
    }
}
