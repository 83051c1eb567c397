import DequeModule

/// What one instance has waiting and running: round-robin over its workflows.
struct InstanceQueue<Item: Sendable>: Sendable {
    private(set) var lanes: [String: LaneQueue<Item>] = [:]
    /// Workflows that may begin one more, in turn.
    private(set) var ring = Deque<String>()
    private(set) var running = 0
    private(set) var waiting = 0
    /// It stands in the queue's own ring.
    var inRing = false

    var isIdle: Bool { running == 0 && waiting == 0 }

    mutating func add(_ item: Item, workflow: String, limit: Int, first: Bool) {
        var lane = lanes.removeValue(forKey: workflow) ?? LaneQueue<Item>(limit: limit)
        lane.limit = limit
        if first { lane.items.prepend(item) } else { lane.items.append(item) }
        if !lane.inRing, lane.isEligible {
            lane.inRing = true
            ring.append(workflow)
        }
        lanes[workflow] = lane
        waiting += 1
    }

    mutating func take() -> Item? {
        while let workflow = ring.popFirst() {
            guard var lane = lanes.removeValue(forKey: workflow) else { continue }
            lane.inRing = false
            guard lane.running < lane.limit, let item = lane.items.popFirst() else {
                lanes[workflow] = lane
                continue
            }
            lane.running += 1
            running += 1
            waiting -= 1
            if lane.isEligible {
                lane.inRing = true
                ring.append(workflow)
            }
            lanes[workflow] = lane
            return item
        }
        return nil
    }

    mutating func release(_ workflow: String) {
        running -= 1
        guard var lane = lanes.removeValue(forKey: workflow) else { return }
        lane.running -= 1
        if !lane.inRing, lane.isEligible {
            lane.inRing = true
            ring.append(workflow)
        }
        if lane.running > 0 || !lane.items.isEmpty { lanes[workflow] = lane }
    }

    mutating func removeAllWaiting() -> [Item] {
        var items: [Item] = []
        for workflow in lanes.keys.sorted() {
            items += lanes[workflow]?.items ?? []
            lanes[workflow]?.items = []
            lanes[workflow]?.inRing = false
            if lanes[workflow]?.running == 0 { lanes[workflow] = nil }
        }
        ring = []
        waiting = 0
        return items
    }
}

/// One workflow of one instance.
struct LaneQueue<Item: Sendable>: Sendable {
    var items = Deque<Item>()
    var running = 0
    var limit: Int
    var inRing = false

    init(limit: Int) { self.limit = limit }

    var isEligible: Bool { !items.isEmpty && running < limit }
}
