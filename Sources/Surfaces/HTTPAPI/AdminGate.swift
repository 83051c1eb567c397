import Engine
import StorePort
import Synchronization

/// Lets through who holds the admin token.
final class AdminGate: Sendable {
    private let engine: Engine
    /// The hash; nil until it was read.
    private let hash: Mutex<[UInt8]?>

    init(engine: Engine, given: String?) {
        self.engine = engine
        hash = Mutex(given.map(AdminToken.hash))
    }

    /// Throws unless the field is `Bearer` and the token (RFC 6750, section 2.1).
    func check(_ authorization: String?) async throws(APIFault) {
        guard let authorization else { throw .unauthenticated }
        guard authorization.utf8.count <= 512, authorization.prefix(7).lowercased() == "bearer "
        else { throw .wrongToken }
        let given = AdminToken.hash(of: String(authorization.dropFirst(7)))
        guard AdminToken.isEqual(given, try await expected()) else { throw .wrongToken }
    }

    private func expected() async throws(APIFault) -> [UInt8] {
        if let known = hash.withLock({ $0 }) { return known }
        let stored: [UInt8]?
        do throws(StoreError) { stored = try await engine.setting(AdminToken.setting) } catch {
            throw .storeFailed("\(error)")
        }
        guard let stored else { throw .wrongToken }
        hash.withLock { $0 = stored }
        return stored
    }
}
