/// Finds what must not be written in a text: known secrets, `Bearer` and `Basic` credentials,
/// values of sensitive query parameters, and the user part of URLs.
///
/// One pass, whatever the number of secrets: a bitmap over the next four bytes says where to look
/// closer.
struct SecretScanner: Sendable {
    private enum Pattern: Sendable {
        case secret([UInt8])
        /// A word after which a credential stands; lower case, with its blank.
        case scheme([UInt8])
        /// A parameter's name with its `=`; lower case.
        case parameter([UInt8])

        var bytes: [UInt8] {
            switch self {
            case .secret(let bytes), .scheme(let bytes), .parameter(let bytes): bytes
            }
        }
    }

    private var bitmap = [UInt64](repeating: 0, count: 1024)
    private var buckets: [UInt32: [Pattern]] = [:]
    private static let words = SecretScanner()

    private init() {
        for scheme in ["bearer ", "basic "] { add(.scheme(Array(scheme.utf8))) }
        let names = [
            "password", "passwd", "pwd", "secret", "client_secret", "token", "access_token",
            "refresh_token", "id_token", "auth_token", "api_key", "api-key", "apikey",
            "signature", "sig", "authorization", "x-amz-signature", "x-amz-security-token",
        ]
        for name in names { add(.parameter(Array((name + "=").utf8))) }
    }

    init(secrets: [String]) {
        self = Self.words
        let forms = secrets.flatMap(SecretForms.all(of:))
        // The longest first, so that a secret inside another one leaves no rest.
        for form in forms.sorted(by: { $0.count > $1.count }) { add(.secret(form)) }
    }

    private mutating func add(_ pattern: Pattern) {
        let key = Self.key(pattern.bytes[0..<4])
        buckets[key, default: []].append(pattern)
        let slot = Self.slot(key)
        bitmap[slot >> 6] |= 1 << UInt64(slot & 63)
    }

    /// Four bytes in one number, letters without their case.
    private static func key(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1 | 0x20) }
    }

    @inline(__always)
    private static func slot(_ key: UInt32) -> Int { Int((key &* 0x9E37_79B1) >> 16) }

    /// The ranges to be replaced, in order; nil when there is none.
    func ranges(in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>]? {
        guard text.count >= 4 else { return nil }
        var found: [Range<Int>]?
        var end = 0
        var key: UInt32 = 0
        for next in 0..<text.count {
            key = key >> 8 | UInt32(text[next] | 0x20) << 24
            let start = next - 3
            guard start >= end else { continue }
            let slot = Self.slot(key)
            var match: Range<Int>?
            if bitmap[slot >> 6] & (1 << UInt64(slot & 63)) != 0 {
                match = buckets[key].flatMap { closer($0, text, start) }
            }
            if key & 0xFF_FFFF == 0x2F_2F3A { match = match ?? userInfo(text, start) }
            if let match {
                found = (found ?? []) + CollectionOfOne(match)
                end = match.upperBound
            }
        }
        return found
    }

    private func closer(
        _ patterns: [Pattern],
        _ text: UnsafeBufferPointer<UInt8>,
        _ start: Int,
    ) -> Range<Int>? {
        for pattern in patterns {
            let bytes = pattern.bytes
            let after = start + bytes.count
            guard after <= text.count else { continue }
            switch pattern {
            case .secret:
                if (0..<bytes.count).allSatisfy({ text[start + $0] == bytes[$0] }) {
                    return start..<after
                }
            case .scheme:
                guard Self.equal(bytes, text, start), !isWord(text, start - 1) else { continue }
                let end = run(text, from: after) { Self.isCredential($0) }
                if end - after >= 8 { return after..<end }
            case .parameter:
                guard Self.equal(bytes, text, start), !isWord(text, start - 1) else { continue }
                let end = run(text, from: after) { !Self.endsParameter($0) }
                if end > after, text[after] != UInt8(ascii: "[") { return after..<end }
            }
        }
        return nil
    }

    /// What stands between `://` and `@`.
    private func userInfo(_ text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Range<Int>? {
        let begin = start + 3
        let end = run(text, from: begin) {
            $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "?")
        }
        guard end < text.count, end > begin, text[end] == UInt8(ascii: "@"),
            text[begin] != UInt8(ascii: "[")
        else { return nil }
        return begin..<end
    }

    private func run(
        _ text: UnsafeBufferPointer<UInt8>,
        from start: Int,
        while holds: (UInt8) -> Bool,
    ) -> Int {
        var end = start
        while end < text.count, holds(text[end]) { end += 1 }
        return end
    }

    private static func equal(
        _ lower: [UInt8],
        _ text: UnsafeBufferPointer<UInt8>,
        _ start: Int,
    ) -> Bool {
        for offset in lower.indices {
            let byte = text[start + offset]
            guard lower[offset] == (65...90 ~= byte ? byte + 32 : byte) else { return false }
        }
        return true
    }

    private func isWord(_ text: UnsafeBufferPointer<UInt8>, _ position: Int) -> Bool {
        guard position >= 0 else { return false }
        switch text[position] {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"): return true
        default: return false
        }
    }

    /// `token68` of RFC 9110, section 11.2.
    private static func isCredential(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"),
            UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
            true
        default: false
        }
    }

    private static func endsParameter(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...32, UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: "\""),
            UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: ")"):
            true
        default: false
        }
    }
}
