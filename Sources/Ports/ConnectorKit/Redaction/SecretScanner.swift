import Model

/// Finds what must not be written in a text: known secrets, `Bearer` and `Basic` credentials, the
/// user part of URLs, and what stands after a sensitive name (``NamedValue``).
///
/// One pass, whatever the number of secrets: a bitmap over the next four bytes says where to look
/// closer.
struct SecretScanner: Sendable {
    private enum Pattern: Sendable {
        case secret([UInt8])
        /// A word after which a credential stands; lower case, with its blank.
        case scheme([UInt8])

        var bytes: [UInt8] {
            switch self {
            case .secret(let bytes), .scheme(let bytes): bytes
            }
        }
    }

    private var bitmap = [UInt64](repeating: 0, count: 1024)
    private var buckets: [UInt32: [Pattern]] = [:]
    private var named = NamedValue()
    /// Secrets that a JSON number may hold.
    private var numbers: Set<Int64> = []
    /// False: known secrets alone are looked for.
    private let looksAtNames: Bool
    /// Nothing can be found.
    private(set) var isIdle: Bool

    /// Knows no secret yet.
    private init(looksAtNames: Bool) {
        self.looksAtNames = looksAtNames
        isIdle = !looksAtNames
        guard looksAtNames else { return }
        for scheme in ["bearer ", "basic "] { add(.scheme(Array(scheme.utf8))) }
    }

    private static let alone = SecretScanner(looksAtNames: false)
    private static let withNames = SecretScanner(looksAtNames: true)

    static func empty(looksAtNames: Bool) -> SecretScanner { looksAtNames ? withNames : alone }

    mutating func add(secret: String) {
        for form in SecretForms.all(of: secret) {
            isIdle = false
            add(.secret(form))
        }
        if secret.utf8.count >= SecretForms.shortest, let number = Int64(secret),
            "\(number)" == secret
        {
            numbers.insert(number)
        }
    }

    mutating func add(name: String) { named.add(name: name) }

    mutating func add(parameter: String) { named.add(parameter: parameter) }

    func isSensitive(_ name: String) -> Bool { looksAtNames && named.isSensitive(name) }

    func holds(_ number: Int64) -> Bool { !numbers.isEmpty && numbers.contains(number) }

    private mutating func add(_ pattern: Pattern) {
        let key = Self.key(pattern.bytes[0..<4])
        var bucket = buckets[key] ?? []
        // The longest first, so that a secret inside another one leaves no rest.
        let place = bucket.firstIndex { $0.bytes.count <= pattern.bytes.count } ?? bucket.count
        if place < bucket.count, bucket[place...].contains(where: { $0.bytes == pattern.bytes }) {
            return
        }
        bucket.insert(pattern, at: place)
        buckets[key] = bucket
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
        guard text.count >= 4, !isIdle else { return nil }
        var found: [Range<Int>]?
        var end = 0
        var key: UInt32 = 0
        bitmap.withUnsafeBufferPointer { bitmap in
            for next in 0..<text.count {
                let byte = text[next]
                key = key >> 8 | UInt32(byte | 0x20) << 24
                let start = next - 3
                var match: Range<Int>?
                if start >= end {
                    let slot = Self.slot(key)
                    if bitmap[slot >> 6] & (1 << UInt64(slot & 63)) != 0 {
                        match = buckets[key].flatMap { closer($0, text, start) }
                    }
                }
                if match == nil, looksAtNames, NamedValue.isSeparator(byte), next >= end {
                    match = byte == UInt8(ascii: ":") ? Self.userInfo(text, next) : nil
                    match = match ?? named.value(in: text, after: next)
                }
                if let match {
                    found = (found ?? []) + CollectionOfOne(match)
                    end = match.upperBound
                }
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
                guard Self.equal(bytes, text, start),
                    start == 0 || !NamedValue.isWord(text[start - 1])
                else { continue }
                let end = NamedValue.run(text, from: after) { Self.isCredential($0) }
                if end - after >= 8 { return after..<end }
            }
        }
        return nil
    }

    /// What stands between `://` and `@`.
    private static func userInfo(
        _ text: UnsafeBufferPointer<UInt8>,
        _ colon: Int,
    ) -> Range<Int>? {
        let begin = colon + 3
        guard begin < text.count, text[colon + 1] == UInt8(ascii: "/"),
            text[colon + 2] == UInt8(ascii: "/")
        else { return nil }
        let end = NamedValue.run(text, from: begin) {
            $0 > 32 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") && $0 != UInt8(ascii: "?")
        }
        guard end < text.count, end > begin, text[end] == UInt8(ascii: "@"),
            text[begin] != UInt8(ascii: "[")
        else { return nil }
        return begin..<end
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
}
