import Model
import Testing

@Suite struct JSONTests {
    static let values: [(String, JSONValue)] = [
        ("null", JSONValue.null), (" true ", true), ("-0", 0),
        ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("1.5e2", 150.0), ("\"\"", ""),
        (#""\u00e9\ud83d\ude00\n\/""#, "é😀\n/"), ("[]", .array([])),
        ("[1,[2,{}]]", .array([1, .array([2, .object(JSONObject())])])),
        (#"{"b":1,"a":{"c":null}}"#, ["b": 1, "a": ["c": nil]]),
    ]

    @Test(arguments: values)
    func `a text that is JSON reads as its value`(_ text: String, _ value: JSONValue) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    @Test(arguments: [
        ("", "B0901"), ("[1", "B0901"), ("\"a", "B0901"), ("[1,]", "B0902"), ("{1:2}", "B0902"),
        ("nul", "B0901"), ("'a'", "B0902"), ("1 2", "B0903"), ("01", "B0904"), ("1.", "B0901"),
        ("9223372036854775808", "B0905"), ("1e999", "B0905"), (#""\x""#, "B0906"),
        (#""\ud800""#, "B0906"), ("\"\t\"", "B0907"), (#"{"a":1,"a":2}"#, "B0909"),
        (String(repeating: "[", count: 200), "B0910"), ("+1", "B0902"), ("NaN", "B0902"),
        ("\u{feff}1", "B0902"),
    ])
    func `a text that is not JSON has a numbered error inside it`(
        _ text: String,
        _ code: String,
    ) throws {
        let error = try #require(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error.code.rawValue == code)
        #expect((0...text.utf8.count).contains(error.offset))
    }

    @Test func `bytes that are not UTF-8 and texts over the size are refused`() {
        #expect(throws: JSONError.self) { try JSONParser.parse([34, 0xC3, 0x28, 34]) }
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse("[1,2,3]", limits: JSONLimits(size: 6))
        }
        #expect(error?.code == .tooLarge)
    }

    @Test func `what is written reads back as the same, in the same order`() throws {
        var random = Splitmix(state: 7)
        for _ in 0..<2000 {
            let value = random.value(depth: 4)
            let bytes = JSONWriter.bytes(value)
            #expect(try JSONParser.parse(bytes) == value)
            #expect(JSONWriter.encodedSize(value) == bytes.count)
            let pretty = JSONWriter.bytes(value, pretty: true)
            #expect(try JSONParser.parse(pretty) == value)
        }
        #expect(JSONWriter.string(["b": 1, "a": 2]) == #"{"b":1,"a":2}"#)
    }

    /// Equality does not see the sign of a zero: `-0.0 == 0`.
    @Test(arguments: ["-0", "-0.0"])
    func `a negative zero keeps its sign from text to text`(_ text: String) throws {
        let written = JSONWriter.string(try JSONParser.parse(text))
        #expect(written == "-0")
        #expect(JSONWriter.string(try JSONParser.parse(written)) == "-0")
    }

    @Test func `changed bytes never crash the parser`() {
        var random = Splitmix(state: 11)
        let text = #"{"a":[1,-2.5e3,"x\u00e9\n",true,null],"b":{"c":"😀"}}"#
        for _ in 0..<5000 {
            var bytes = Array(text.utf8)
            for _ in 0..<(1 + random.below(3)) {
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
            }
            do throws(JSONError) {
                let value = try JSONParser.parse(bytes)
                #expect(JSONWriter.bytes(value).isEmpty == false)
            } catch {
                #expect((0...bytes.count).contains(error.offset))
            }
        }
    }

    @Test func `an object of many members finds, replaces and removes`() {
        var object = JSONObject()
        for number in 0..<500 { object["k\(number)"] = .integer(Int64(number)) }
        object["k7"] = "seven"
        object["k8"] = nil
        #expect(object.count == 499 && object["k7"] == "seven" && object["k8"] == nil)
        #expect(object["k499"] == 499 && object.keys[7] == "k7")
    }
}

/// SplitMix64, and random values.
struct Splitmix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func value(depth: Int) -> JSONValue {
        switch below(depth > 0 ? 8 : 6) {
        case 0: return nil
        case 1: return .bool(below(2) == 0)
        case 2: return .integer(Int64(bitPattern: next()))
        case 3: return .number(Double(below(1_000_000)) / 997)
        case 4: return .string("t\u{1}\"\\é\(below(100))")
        case 5: return .string("")
        case 6: return .array((0..<below(5)).map { _ in value(depth: depth - 1) })
        default:
            var object = JSONObject()
            for _ in 0..<below(12) { object["k\(below(30))"] = value(depth: depth - 1) }
            return .object(object)
        }
    }
}

@Suite struct JSONKeyTests {
    @Test("keys that Swift holds for equal are two when their bytes differ")
    func keyBytes() throws {
        for padding in [0, 20] {
            var object = JSONObject()
            for number in 0..<padding { object["k\(number)"] = .integer(Int64(number)) }
            object["\u{e9}"] = 1
            object["e\u{301}"] = 2
            #expect(object.count == padding + 2)
            #expect(object["\u{e9}"] == 1 && object["e\u{301}"] == 2)
            let text = JSONWriter.string(.object(object))
            #expect(try JSONParser.parse(text) == .object(object))
        }
    }
}
