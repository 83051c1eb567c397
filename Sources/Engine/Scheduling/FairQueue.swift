import DequeModule

/// Who begins next: round-robin over instances, then over the workflows of an instance, within
/// three limits on what runs at once. A pure value.
///
/// An instance that may not begin anything now is out of the ring, so choosing costs the same
/// however many instances are blocked.
struct FairQueue<Item: Sendable>: Sendable {
    struct Limits: Sendable, Equatable {
        var total: Int
        var perInstance: Int
    }

    /// The place of an item: whose it is, of which workflow, and that workflow's own limit.
    struct Lane: Hashable, Sendable {
        var instance: String
        var workflow: String
    }

    var limits: Limits
    private var instances: [String: InstanceQueue<Item>] = [:]
    private var ring = Deque<String>()
    private(set) var running = 0
    private(set) var waiting = 0

    init(limits: Limits) {
        self.limits = limits
    }

    func waiting(of instance: String) -> Int { instances[instance]?.waiting ?? 0 }
    func running(of instance: String) -> Int { instances[instance]?.running ?? 0 }

    /// Puts an item in its lane; `first` puts it before all others there (work that goes on).
    mutating func add(_ item: Item, lane: Lane, limit: Int?, first: Bool = false) {
        instances[lane.instance, default: InstanceQueue<Item>()].add(
            item,
            workflow: lane.workflow,
            limit: limit ?? .max,
            first: first,
        )
        waiting += 1
        enterRing(lane.instance)
    }

    /// Takes the next item that may begin, and counts it as running.
    mutating func next() -> Item? {
        guard running < limits.total else { return nil }
        while let name = ring.popFirst() {
            guard var instance = instances.removeValue(forKey: name) else { continue }
            instance.inRing = false
            guard instance.running < limits.perInstance, let item = instance.take() else {
                instances[name] = instance
                continue
            }
            instances[name] = instance
            running += 1
            waiting -= 1
            enterRing(name)
            return item
        }
        return nil
    }

    /// Tells that one of the lane no longer runs.
    mutating func release(_ lane: Lane) {
        running -= 1
        guard instances[lane.instance] != nil else { return }
        instances[lane.instance]?.release(lane.workflow)
        if instances[lane.instance]?.isIdle == true {
            instances[lane.instance] = nil
        } else {
            enterRing(lane.instance)
        }
    }

    /// Takes out everything that has not begun.
    mutating func removeAllWaiting() -> [Item] {
        var items: [Item] = []
        for name in instances.keys.sorted() {
            items += instances[name]?.removeAllWaiting() ?? []
            if instances[name]?.isIdle == true { instances[name] = nil }
        }
        waiting = 0
        ring = []
        for name in instances.keys { instances[name]?.inRing = false }
        return items
    }

    private mutating func enterRing(_ name: String) {
        guard let instance = instances[name], !instance.inRing, !instance.ring.isEmpty,
            instance.running < limits.perInstance
        else { return }
        instances[name]?.inRing = true
        ring.append(name)
    }
}
