import Model

/// The texts in which one secret may turn up: as it is, escaped, encoded.
enum SecretForms {
    /// Shorter secrets cannot be told from ordinary text and are not searched for.
    static let shortest = 6

    static func all(of secret: String) -> [[UInt8]] {
        let bytes = Array(secret.utf8)
        guard bytes.count >= shortest else { return [] }
        var forms = [
            bytes, percentEncoded(bytes, upper: true), percentEncoded(bytes, upper: false),
        ]
        forms.append(formEncoded(bytes))
        forms.append(jsonEscaped(secret))
        for shift in 0..<3 { forms += base64(bytes, shift: shift) }
        var seen: Set<[UInt8]> = []
        return forms.filter { $0.count >= shortest && seen.insert($0).inserted }
    }

    /// The part of the base 64 text that depends on the secret alone, when `shift` other bytes
    /// stand before it and anything after it: how a password sits in a `Basic` credential.
    private static func base64(_ bytes: [UInt8], shift: Int) -> [[UInt8]] {
        let padded = [UInt8](repeating: 0, count: shift) + bytes
        let whole = padded.count / 3 * 4
        let first = shift == 0 ? 0 : shift + 1
        guard whole > first else { return [] }
        return [Base64.encoded(padded), Base64.urlEncoded(padded)].map {
            Array($0.utf8.prefix(whole).dropFirst(first))
        }
    }

    private static func jsonEscaped(_ secret: String) -> [UInt8] {
        Array(JSONWriter.bytes(.string(secret)).dropFirst().dropLast())
    }

    private static func percentEncoded(_ bytes: [UInt8], upper: Bool) -> [UInt8] {
        let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
        return bytes.flatMap { byte -> [UInt8] in
            isUnreserved(byte)
                ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func formEncoded(_ bytes: [UInt8]) -> [UInt8] {
        bytes.flatMap { $0 == 32 ? [UInt8(ascii: "+")] : percentEncoded([$0], upper: true) }
    }

    /// RFC 3986, section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): true
        default: false
        }
    }
}
