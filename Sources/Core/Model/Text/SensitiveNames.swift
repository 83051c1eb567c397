/// Names whose values are secret wherever they stand: JSON members, headers, query parameters.
///
/// Case, `-`, `_`, `.` and spaces do not count, so `X-Api-Key` is `xapikey`. A name is sensitive
/// when it is one of ``whole``, or ends in one of ``endings``: `next_page_token` and `token_count`
/// are not, because workflows need them.
public enum SensitiveNames {
    static let whole = [
        "password", "passwd", "pwd", "passphrase", "secret", "token", "accesstoken",
        "refreshtoken", "idtoken", "authtoken", "sessiontoken", "bearertoken", "authorization",
        "proxyauthorization", "apikey", "xapikey", "apitoken", "xauthtoken", "privatekey",
        "clientsecret", "clientassertion", "cookie", "setcookie", "credential", "credentials",
        "xamzsecuritytoken", "xamzsignature", "xamzcredential", "signature", "sig",
        "webhooksignature", "jwt",
    ]
    static let endings = [
        "password", "passphrase", "secret", "apikey", "privatekey", "accesstoken",
        "refreshtoken", "authtoken", "clientsecret", "secretkey", "accesskey",
    ]

    /// By their length.
    private static let wholeBytes: [[[UInt8]]] = (0...longest).map { length in
        whole.map { Array($0.utf8) }.filter { $0.count == length }
    }
    /// By their last byte.
    private static let endingBytes: [[[UInt8]]] = (0...255).map { last in
        endings.map { Array($0.utf8) }.filter { $0.last == UInt8(last) }
    }
    /// Bytes of the longest name that is looked at.
    package static let longest = 64

    /// Whether a value of this name must never be written.
    public static func contains(_ name: String) -> Bool {
        guard name.utf8.count >= 3, name.utf8.count <= longest else { return false }
        var name = name
        return name.withUTF8 { contains(utf8: $0) }
    }

    package static func contains(utf8 name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard name.count >= 3, name.count <= longest else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { folded in
            let count = fold(name, into: folded)
            guard count > 0 else { return false }
            let bytes = UnsafeBufferPointer(rebasing: folded[..<count])
            return wholeBytes[count].contains { $0.elementsEqual(bytes) }
                || endingBytes[Int(bytes[count - 1])].contains {
                    $0.count < count && $0.elementsEqual(bytes.suffix($0.count))
                }
        }
    }

    /// The name as it is compared: lower case, without `-`, `_`, `.` and spaces.
    package static func folded(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.compactMap { byte in
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), 32: nil
            case 65...90: byte + 32
            default: byte
            }
        }
    }

    private static func fold(
        _ name: UnsafeBufferPointer<UInt8>,
        into folded: UnsafeMutableBufferPointer<UInt8>,
    ) -> Int {
        var count = 0
        for byte in name {
            switch byte {
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), 32: continue
            case 65...90: folded[count] = byte + 32
            default: folded[count] = byte
            }
            count += 1
        }
        return count
    }
}
