import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort
import Synchronization

/// The tokens of stored authentications, for the keeper: read, renewed at their services, and
/// written back sealed.
final class StoredTokens: TokenCustody {
    private struct Home { weak var engine: Engine? }

    private let home = Mutex(Home())

    /// The engine has the keeper, which has this; so it is not owned here.
    func attach(_ engine: Engine) { home.withLock { $0.engine = engine } }

    private func directory() throws(Problem) -> Directory {
        guard let engine = home.withLock({ $0.engine }) else {
            throw Problem(.cancelled, detail: "the engine has gone", code: "B2633")
        }
        return engine.directory
    }

    private func record(
        _ authentication: String
    ) async throws(Problem) -> (document: AuthenticationRecord, record: Record) {
        guard
            let found: (document: AuthenticationRecord, record: Record) = try await directory()
                .find(
                    .authentication,
                    authentication,
                    .account,
                )
        else { throw Access.absent }
        return found
    }

    func load(_ authentication: String) async throws(Problem) -> KeptToken {
        let record = try await record(authentication).document
        let tokens = try directory().open(record).tokens
        return KeptToken(tokens: tokens ?? Self.none, generation: Int64(record.generation))
    }

    /// Stands for those of a client that has got none yet: they ended long ago.
    private static let none = TokenSet(
        accessToken: "",
        expiresAt: Timestamp(milliseconds: 0),
        obtainedAt: Timestamp(milliseconds: 0),
    )

    func save(
        _ tokens: TokenSet,
        for authentication: String,
        expectedGeneration: Int64,
    ) async throws(Problem) -> Int64? {
        let directory = try directory()
        // Another version with the same generation is the same secret under another key.
        for _ in 0..<Directory.tries {
            let (old, record) = try await record(authentication)
            guard Int64(old.generation) == expectedGeneration else { return nil }
            let credential = StoredCredential(tokens, fields: try directory.open(old).fields)
            let new = try directory.replaced(old, with: credential)
            let result = try await directory.write([
                directory.put(
                    new,
                    dueAt: directory.due(credential, new),
                    expected: .version(record.version),
                )
            ])
            if result.isDone { return Int64(new.generation) }
        }
        throw Directory.busy()
    }

    func renew(_ tokens: TokenSet, for authentication: String) async throws(Problem) -> TokenSet {
        let directory = try directory()
        let record = try await record(authentication).document
        let credential = try directory.open(record)
        let engine = directory.engine
        let (client, service) = try engine.oauthClient(of: record.service, credential)
        let clock = ServiceClock(clock: engine.clock)
        if directory.getsTokensForItself(record.service, credential) {
            return try await service.clientCredentials(client: client, clock: clock)
        }
        return try await service.refresh(tokens, client: client, clock: clock)
    }

    func broke(_ authentication: String, generation: Int64, _ problem: Problem) async {
        do throws(Problem) {
            guard let id = ObjectID(.authentication, authentication) else { return }
            try await directory().breakAuthentication(
                id,
                generation: Int(generation),
                problem,
            )
        } catch {
            home.withLock { $0.engine }?.logger.critical(
                "a broken authentication cannot be written down; the next use tries again",
                metadata: [
                    "authentication": "\(authentication)",
                    "problem": "\(error.detail ?? error.title)",
                ],
            )
        }
    }
}

/// The engine's clock, for connectors.
struct ServiceClock: ConnectorClock {
    let clock: any EngineClock

    func now() -> Timestamp { clock.now() }

    func sleep(for span: TimeSpan) async throws(Problem) {
        do throws(CancellationError) {
            try await clock.sleep(until: clock.now() + span)
        } catch {
            throw Problem(.cancelled)
        }
    }
}
