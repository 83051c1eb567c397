/// A dictionary that forgets its oldest key when it is full, and lists values in order of arrival.
struct BoundedTable<Value: Sendable>: Sendable {
    let capacity: Int
    private var values: [String: Value] = [:]
    private var order: [String] = []

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { order.count }

    /// The values, oldest key first.
    var inOrder: [Value] { order.compactMap { values[$0] } }

    subscript(key: String) -> Value? { values[key] }

    /// A new value for an old key keeps the key's place.
    mutating func set(_ key: String, _ value: Value) {
        if values.updateValue(value, forKey: key) != nil { return }
        order.append(key)
        if order.count > capacity {
            values[order.removeFirst()] = nil
        }
    }
}
