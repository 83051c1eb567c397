import Embedding
import Engine
import Model
import StorePort
import Synchronization

/// Knows who calls: the holder of the admin token, of an API key or of an end user's token.
final class AdminGate: Sendable {
    private let engine: Engine
    /// The hash; nil until it was read.
    private let hash: Mutex<[UInt8]?>

    init(engine: Engine, given: String?) {
        self.engine = engine
        hash = Mutex(given.map(AdminToken.hash))
    }

    /// Throws unless the field is `Bearer` and a token that counts (RFC 6750, section 2.1).
    func actor(_ authorization: String?) async throws(APIFault) -> Actor {
        guard let authorization else { throw .unauthenticated }
        guard authorization.prefix(7).lowercased() == "bearer " else { throw .wrongToken }
        let text = String(authorization.dropFirst(7))
        guard text.utf8.count <= TokenText.longest else { throw .wrongToken }
        // An admin token that somebody chose may look like anything.
        let expected = try await expected()
        if let expected, AdminToken.isEqual(AdminToken.hash(of: text), expected) {
            return .adminToken
        }
        do throws(Problem) {
            if TokenText.isMeant(text) {
                return try await engine.directory.actor(withToken: text)
            }
            if let known = try await engine.directory.actor(withKey: text) { return known }
        } catch {
            throw .problem(error)
        }
        throw .wrongToken
    }

    private func expected() async throws(APIFault) -> [UInt8]? {
        if let known = hash.withLock({ $0 }) { return known }
        let stored: [UInt8]?
        do throws(StoreError) { stored = try await engine.setting(AdminToken.setting) } catch {
            throw .storeFailed("\(error)")
        }
        if let stored { hash.withLock { $0 = stored } }
        return stored
    }
}
