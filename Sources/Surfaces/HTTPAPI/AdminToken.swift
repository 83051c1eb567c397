import Crypto
import Engine
import Model
import StorePort

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The key of the admin calls: made at the first start, shown once, kept as a hash.
package enum AdminToken {
    static let setting = "admin_token"
    static let prefix = "bst_"
    /// Characters of a token that somebody chose.
    package static let shortest = 16

    /// `BACKSTOP_ADMIN_TOKEN`, when it is set.
    package static func fromEnvironment() -> String? {
        guard let value = getenv("BACKSTOP_ADMIN_TOKEN"), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    /// Makes the token when the deployment has none and none is given.
    ///
    /// - Parameters:
    ///   - given: Used instead of a stored one; nothing is made or stored then.
    ///   - random: 32 random bytes.
    /// - Returns: The token when it was just made: this is the only time that it can be seen.
    /// - Throws: A `configuration` problem when the given token is too short, or when the store
    ///   cannot keep the hash.
    package static func ensure(
        _ engine: Engine,
        given: String? = fromEnvironment(),
        random: () -> [UInt8] = { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } },
    ) async throws(Problem) -> String? {
        if let given {
            guard given.utf8.count >= shortest else {
                throw Problem(
                    .configuration,
                    detail: "BACKSTOP_ADMIN_TOKEN is shorter than \(shortest) characters",
                    code: "B3120",
                )
            }
            return nil
        }
        do {
            if try await engine.setting(setting) != nil { return nil }
            let token = prefix + Base64.urlEncoded(random())
            let kept = try await engine.putSettingIfAbsent(setting, hash(of: token))
            return kept == hash(of: token) ? token : nil
        } catch {
            throw Problem(
                .configuration,
                detail: "the admin token cannot be stored: \(error)",
                code: "B3121",
            )
        }
    }

    static func hash(of token: String) -> [UInt8] { Array(SHA256.hash(data: Array(token.utf8))) }

    /// Compares without telling by its time where two hashes differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
