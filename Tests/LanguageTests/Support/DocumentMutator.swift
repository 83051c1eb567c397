import Model

/// Changes one thing in a document, as a person errs: mostly it is a mistake, sometimes not.
struct DocumentMutator {
    var random: SeededRandom

    private enum Part: Hashable {
        case key(String)
        case index(Int)
    }

    /// Keys of which a record has one.
    private static let alternatives = [
        ["webhook", "schedule", "service", "alert", "instance", "call", "manual"],
        ["poll", "push"],
        [
            "run", "reply", "set", "switch", "for_each", "parallel", "group", "wait", "raise",
            "call", "stop",
        ],
        ["hmac_sha256", "standard_webhooks", "token"], ["header", "query"], ["env", "file"],
        ["every", "cron"], ["for", "until"],
    ]
    /// Keys that have a meaning beside others.
    private static let strays = [
        "with", "auth", "else", "then", "cases", "default", "concurrency", "steps", "if", "token",
        "user", "password", "key", "header", "headers", "on_error", "retry", "input",
    ]

    mutating func mutate(_ document: JSONValue) -> JSONValue {
        var places: [[Part]] = []
        Self.collect(document, [], &places)
        let place = random.pick(places)
        return change(document, place[...])
    }

    private static func collect(_ value: JSONValue, _ path: [Part], _ places: inout [[Part]]) {
        places.append(path)
        switch value {
        case .object(let object):
            for entry in object { collect(entry.value, path + [.key(entry.key)], &places) }
        case .array(let elements):
            for (index, element) in elements.enumerated() {
                collect(element, path + [.index(index)], &places)
            }
        default: return
        }
    }

    private mutating func change(_ value: JSONValue, _ path: ArraySlice<Part>) -> JSONValue {
        switch (path.first, value) {
        case (.key(let key), .object(var object)):
            guard path.count == 1, random.once(in: 3) else {
                object[key] = object[key].map { change($0, path.dropFirst()) }
                return .object(object)
            }
            if random.once(in: 2) {
                object[key] = nil
                return .object(object)
            }
            let renamed = random.pick([key + "s", String(key.dropLast()), key.uppercased(), "on"])
            return .object(
                JSONObject(object.map { ($0.key == key ? renamed : $0.key, $0.value) })
            )
        case (.index(let index), .array(var elements)):
            elements[index] = change(elements[index], path.dropFirst())
            return .array(elements)
        default: return replace(value)
        }
    }

    private mutating func replace(_ value: JSONValue) -> JSONValue {
        if random.once(in: 4) { return anything() }
        switch value {
        case .object(var object):
            let keys = Set(object.keys)
            if !keys.isDisjoint(with: ["env", "file"]), random.once(in: 2) { return "s3cret" }
            let groups = Self.alternatives.filter { !keys.isDisjoint(with: $0) }
            if let group = groups.first, random.once(in: 2) {
                object[random.pick(group)] = anything()
            } else {
                object[random.pick(Self.strays + ["extra", ""])] = anything()
            }
            return .object(object)
        case .array(var elements):
            elements.append(anything())
            return .array(elements)
        case .integer(let number):
            let large: Int64 = 1 << 40
            return random.pick([
                .integer(-number - 1), .integer(number + 1), .integer(number &* 1000 + 1),
                .integer(large), .number(Double(number)), .number(Double(number) + 0.5),
                .string(String(number)),
            ])
        case .number(let number): return .number(-number - 0.25)
        case .bool(let flag): return random.pick([.bool(!flag), "true", "yes", 1])
        case .string(let text): return .string(other(text))
        case .null: return "null"
        }
    }

    private mutating func other(_ text: String) -> String {
        let units = ["ms", "s", "m", "h", "d"]
        if let unit = units.first(where: text.hasSuffix), text.first?.isNumber == true {
            var power: Int64 = 1
            for _ in 0..<Int.random(in: 0..<13, using: &random) { power *= 10 }
            let numbers = [
                0, power, power - 1, power + 1, Int64.random(in: 0...power, using: &random),
            ]
            let number = random.pick(numbers)
            return random.pick([
                "\(number)\(random.pick(units))", "\(number)\(unit)", "-1\(unit)", "1.5\(unit)",
                "00\(number)\(unit)", "1 \(unit)", "12:30", "5", "",
            ])
        }
        return random.pick([
            text + "x", text.uppercased(), String(text.dropLast()), "", "continue", "next", "none",
            "a.b", "a b", "crm", "9lives", "1.2.3", "GET", String(repeating: "n", count: 65),
        ])
    }

    private mutating func anything() -> JSONValue {
        random.pick([
            nil, true, false, 0, 1, -1, 7.5, 1_000_000_000_000, "words", "5s", "a.b", "1", [], [:],
            ["x"], [["set": 1]], [["then": "fail"]], ["x": 1], ["env": "NAME"], ["every": "5m"],
            [["sett": 1]], ["set": 1],
        ])
    }
}
