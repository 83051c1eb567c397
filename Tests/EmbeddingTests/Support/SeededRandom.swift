import Model

/// SplitMix64: the same numbers from the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func coin() -> Bool { Bool.random(using: &self) }

    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[number(0...elements.count - 1)]
    }

    mutating func maybe<Value>(_ make: (inout SeededRandom) -> Value) -> Value? {
        coin() ? make(&self) : nil
    }

    mutating func text() -> String {
        let letters = Array("abcXYZ019_- .\"\\/\n\u{1F600}é\u{0}{}$")
        return String((0..<number(0...12)).map { _ in pick(letters) })
    }

    mutating func time() -> Timestamp {
        Timestamp(milliseconds: Int64.random(in: 0...4_102_444_800_000, using: &self))
    }

    mutating func value(depth: Int = 2) -> JSONValue {
        switch number(0...(depth > 0 ? 6 : 4)) {
        case 0: .null
        case 1: .bool(coin())
        case 2: .integer(Int64.random(in: Int64.min...Int64.max, using: &self))
        case 3: .number(Double(number(-1000...1000)) / 8)
        case 4: .string(text())
        case 5: .array((0..<number(0...3)).map { _ in value(depth: depth - 1) })
        default: .object(object(depth: depth - 1))
        }
    }

    mutating func object(depth: Int = 2) -> JSONObject {
        JSONObject((0..<number(0...4)).map { _ in (text(), value(depth: depth)) })
    }
}
