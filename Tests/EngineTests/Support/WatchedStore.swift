import MemoryStore
import StorePort
import StoreTestKit

/// A store in memory that says whenever it is called, so that a test can wait for what others do.
struct WatchedStore: Sendable {
    let store: FaultyStore
    private let events: AsyncStream<Void>

    /// - Parameter isHit: as ``FaultyStore``'s.
    init(isHit: @escaping @Sendable (Int, String) -> Bool = { _, _ in false }) {
        let (events, feed) = AsyncStream.makeStream(
            of: Void.self,
            bufferingPolicy: .bufferingNewest(1),
        )
        self.events = events
        store = FaultyStore(MemoryStore()) { call, name in
            feed.yield()
            return isHit(call, name)
        }
    }

    /// Returns when the condition holds; it is asked for again at each call of the store.
    func until(_ condition: () async throws -> Bool) async throws {
        for await _ in events where try await condition() { return }
    }
}
