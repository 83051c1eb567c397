/// The reading position in a JSON text. One use, one text.
struct JSONReader {
    /// What went wrong and at which byte; lines are counted only then.
    struct Stop: Error {
        var code: JSONError.Code
        var offset: Int
        var message: String
    }

    let bytes: UnsafeBufferPointer<UInt8>
    let limits: JSONLimits
    var position = 0
    private var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    func located(_ stop: Stop) -> JSONError {
        var line = 1
        var lineStart = 0
        let end = min(stop.offset, bytes.count)
        for index in 0..<end where bytes[index] == 10 {
            line += 1
            lineStart = index + 1
        }
        return JSONError(
            code: stop.code,
            message: stop.message,
            offset: end,
            line: line,
            column: end - lineStart + 1,
        )
    }

    mutating func document() throws(Stop) -> JSONValue {
        guard bytes.count <= limits.size else {
            throw Stop(
                code: .tooLarge,
                offset: limits.size,
                message: "the text has \(bytes.count) bytes, the limit is \(limits.size)",
            )
        }
        skipSpace()
        let value = try value()
        skipSpace()
        guard position == bytes.count else {
            throw Stop(
                code: .trailingContent,
                offset: position,
                message: "nothing may follow the value",
            )
        }
        return value
    }

    func unexpected() -> Stop {
        guard position < bytes.count else {
            return Stop(
                code: .unexpectedEnd,
                offset: bytes.count,
                message: "the text ends too early",
            )
        }
        let byte = bytes[position]
        let shown =
            byte > 32 && byte < 127
            ? "`\(Character(Unicode.Scalar(byte)))`" : "byte 0x\(String(byte, radix: 16))"
        return Stop(
            code: .unexpectedCharacter,
            offset: position,
            message: "unexpected \(shown)",
        )
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 32, 10, 13, 9: position += 1
            default: return
            }
        }
    }

    private mutating func value() throws(Stop) -> JSONValue {
        guard position < bytes.count else { throw unexpected() }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            return .string(try string())
        case UInt8(ascii: "{"):
            return .object(try object())
        case UInt8(ascii: "["):
            return .array(try array())
        case UInt8(ascii: "t"):
            try word("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try word("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try word("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return try number()
        default:
            throw unexpected()
        }
    }

    private mutating func word(_ word: StaticString) throws(Stop) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
                throw unexpected()
            }
            position += 1
        }
    }

    private mutating func enter() throws(Stop) {
        depth += 1
        guard depth <= limits.depth else {
            throw Stop(
                code: .tooDeep,
                offset: position,
                message: "more than \(limits.depth) containers inside one another",
            )
        }
        position += 1
        skipSpace()
    }

    private mutating func array() throws(Stop) -> [JSONValue] {
        try enter()
        var elements: [JSONValue] = []
        if position < bytes.count, bytes[position] == UInt8(ascii: "]") {
            position += 1
            depth -= 1
            return elements
        }
        while true {
            elements.append(try value())
            skipSpace()
            guard position < bytes.count else { throw unexpected() }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
                skipSpace()
            } else if bytes[position] == UInt8(ascii: "]") {
                position += 1
                depth -= 1
                return elements
            } else {
                throw unexpected()
            }
        }
    }

    private mutating func object() throws(Stop) -> JSONObject {
        try enter()
        var object = JSONObject()
        if position < bytes.count, bytes[position] == UInt8(ascii: "}") {
            position += 1
            depth -= 1
            return object
        }
        while true {
            try member(of: &object)
            skipSpace()
            guard position < bytes.count else { throw unexpected() }
            if bytes[position] == UInt8(ascii: ",") {
                position += 1
                skipSpace()
            } else if bytes[position] == UInt8(ascii: "}") {
                position += 1
                depth -= 1
                return object
            } else {
                throw unexpected()
            }
        }
    }

    private mutating func member(of object: inout JSONObject) throws(Stop) {
        let start = position
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw unexpected()
        }
        let key = try string()
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: ":") else {
            throw unexpected()
        }
        position += 1
        skipSpace()
        let isKnown = object.position(of: key) != nil
        if isKnown, limits.refusesDuplicateKeys {
            throw Stop(
                code: .duplicateKey,
                offset: start,
                message: "the key \"\(key)\" occurs twice",
            )
        }
        let value = try value()
        if isKnown { object[key] = value } else { object.append(key, value) }
    }
}
