import CryptoExtras
import JWTKit

/// RSA keys: one made anew, and one that is too small.
enum TestKeys {
    static func rsa() throws -> (key: JWTKit.Insecure.RSA.PrivateKey, publicPEM: String) {
        let made = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        return (
            try JWTKit.Insecure.RSA.PrivateKey(backing: made), made.publicKey.pemRepresentation,
        )
    }

    /// Of 1024 bits.
    static let smallPublic = """
        -----BEGIN PUBLIC KEY-----
        MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDj+QneoQ1ej6T1X+fASru5rW6a
        2P9NtAdpK2WRt4v/GkEjqEg54w+yyk+jhd9LwZYb9jVfc4Vb/OJ+okDf+c+I/uJR
        Qau1+ucNXAJfP0mJDaiugqs9sar9PhSODDRRMs/qqFUIKn4luVeVBu4+ge8DuJbQ
        PVEpz5VSCCqSMC0vvQIDAQAB
        -----END PUBLIC KEY-----
        """
}
