import Crypto
import JWTKit
import Model

/// The signature of a token, checked by JWTKit with one key and with its one algorithm, whatever the
/// token says of itself.
enum TokenSignature {
    enum Key: Sendable {
        case hs256([UInt8])
        case rs256(pem: String)
        case es256(pem: String)
    }

    /// The claims are read elsewhere.
    private struct AnyClaims: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) {}
    }

    /// Whether the text is a public key that the algorithm can use.
    static func isUsable(_ key: Key) -> Bool {
        do {
            switch key {
            case .hs256(let secret): return secret.count >= 32
            case .rs256(let pem): _ = try Insecure.RSA.PublicKey(pem: pem)
            case .es256(let pem): _ = try ES256PublicKey(pem: pem)
            }
            return true
        } catch {
            return false
        }
    }

    static func isValid(_ token: String, _ key: Key) async -> Bool {
        do {
            let keys = JWTKeyCollection()
            switch key {
            case .hs256(let secret):
                await keys.add(
                    hmac: HMACKey(key: SymmetricKey(data: secret)),
                    digestAlgorithm: .sha256,
                )
            case .rs256(let pem):
                await keys.add(
                    rsa: try Insecure.RSA.PublicKey(pem: pem),
                    digestAlgorithm: .sha256,
                )
            case .es256(let pem): await keys.add(ecdsa: try ES256PublicKey(pem: pem))
            }
            _ = try await keys.verify(token, as: AnyClaims.self)
            return true
        } catch {
            return false
        }
    }
}
