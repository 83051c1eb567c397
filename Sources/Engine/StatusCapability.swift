import Crypto
import Model

/// The right to see one execution's status, as a text in its URL: HMAC-SHA256 of the id under a
/// key of the deployment, cut to 128 bits, base64url.
enum StatusCapability {
    static func newKey() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    static func make(for id: ExecutionID, key: [UInt8]) -> String {
        make("status:" + id.description, key: key)
    }

    static func make(_ text: String, key: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: key),
        )
        return Base64.urlEncoded(Array(code.prefix(16)))
    }

    static func matches(_ text: String, id: ExecutionID, key: [UInt8]) -> Bool {
        isEqual(text, make(for: id, key: key))
    }

    /// In constant time.
    static func isEqual(_ text: String, _ wanted: String) -> Bool {
        let expected = Array(wanted.utf8)
        let given = Array(text.utf8)
        guard expected.count == given.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(expected, given) { difference |= left ^ right }
        return difference == 0
    }
}
