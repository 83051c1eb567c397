import Model

/// A resource planning system: it takes orders, honours `Idempotency-Key` and counts duplicates.
struct ERP: ThirdParty {
    private struct Kept: Sendable {
        var request: JSONValue
        var order: JSONValue
    }

    private var orders = BoundedTable<JSONValue>(capacity: SandboxLimits.records)
    private var byKey = BoundedTable<Kept>(capacity: SandboxLimits.records)
    private var timesOrdered = BoundedTable<Int>(capacity: SandboxLimits.records)
    private var received = 0
    private var created = 0
    private var replayed = 0

    static func failure(code: String, message: String) -> JSONValue {
        JSONValue(members: [
            "error": JSONValue(members: ["code": .string(code), "message": .string(message)])
        ])
    }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        let segments = request.segments.dropFirst()
        switch (request.method, segments.first, segments.count) {
        case ("POST", "orders", 1): return create(request)
        case ("GET", "orders", 1): return list(request)
        case ("GET", "orders", 2): return order(segments[2])
        default: return Self.unknownRoute
        }
    }

    private mutating func create(_ request: SandboxRequest) -> SandboxReply {
        if let mistake = Self.bodyMistake(request) { return mistake }
        received += 1
        let body = JSONValue.object(request.members)
        let key = request.headers["idempotency-key"]
        if let key, let kept = byKey[key] {
            guard kept.request == body else {
                return Self.failed(
                    422,
                    "key_reused",
                    "That Idempotency-Key came with another order.",
                )
            }
            replayed += 1
            return SandboxReply(201, kept.order, headers: ["Idempotency-Replayed": "true"])
        }
        if let refused = refusal(of: request.members) { return refused }
        created += 1
        let id = "SO-\(created)"
        var order = JSONObject()
        order["id"] = .string(id)
        order["status"] = .string("accepted")
        for (name, value) in request.members where name != "id" && name != "status" {
            order[name] = value
        }
        orders.set(id, .object(order))
        if let reference = request.members["reference"]?.stringValue {
            timesOrdered.set(reference, (timesOrdered[reference] ?? 0) + 1)
        }
        if let key { byKey.set(key, Kept(request: body, order: .object(order))) }
        return SandboxReply(201, .object(order))
    }

    private func refusal(of order: JSONObject) -> SandboxReply? {
        guard let sku = order["sku"]?.stringValue, !sku.isEmpty else {
            return Self.failed(422, "invalid_order", "sku: must be a text")
        }
        guard let quantity = order["quantity"]?.integerValue, quantity > 0 else {
            return Self.failed(422, "invalid_order", "quantity: must be a whole number above 0")
        }
        if sku == "sold-out" { return Self.failed(409, "out_of_stock", "\(sku) is not in stock") }
        return nil
    }

    private func order(_ id: String) -> SandboxReply {
        guard let order = orders[id] else {
            return Self.failed(404, "unknown_order", "There is no order \(id).")
        }
        return SandboxReply(200, order)
    }

    /// The newest orders and the counts; a duplicate is a second order with the same `reference`.
    private func list(_ request: SandboxRequest) -> SandboxReply {
        let limit = request.number("limit", in: 1...SandboxLimits.records, else: 100)
        let duplicates = timesOrdered.inOrder.reduce(0) { $0 + $1 - 1 }
        return SandboxReply(
            200,
            JSONValue(members: [
                "received": .count(received),
                "created": .count(created),
                "replayed": .count(replayed),
                "duplicates": .count(duplicates),
                "orders": .array(Array(orders.inOrder.suffix(limit))),
            ]),
        )
    }
}
