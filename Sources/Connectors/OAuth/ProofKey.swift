import Crypto
import Model

/// PKCE (RFC 7636) with S256, the one method that is offered.
enum ProofKey {
    /// The alphabet of base 64 for URLs is a part of that of section 4.1; 32 bytes are 43 characters.
    static func verifier(_ random: [UInt8]) -> String { Base64.urlEncoded(random) }

    static func challenge(_ verifier: String) -> String {
        Base64.urlEncoded(Array(SHA256.hash(data: Array(verifier.utf8))))
    }

    /// Section 4.1: 43 to 128 unreserved characters.
    static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count) && text.utf8.allSatisfy(PercentEncoding.isUnreserved)
    }
}
