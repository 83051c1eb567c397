import Crypto
import Embedding
import Model
import Synchronization

/// The ring that a vault seals with now, and where it is read from again.
final class HeldRing: Sendable {
    private let current: Mutex<KeyRing>
    private let source: KeySource?

    init(_ ring: KeyRing, source: KeySource?) {
        current = Mutex(ring)
        self.source = source
    }

    var ring: KeyRing { current.withLock { $0 } }

    /// A key that another process added to the file that both read; nil when there is none.
    func keyAddedSince(_ id: String, _ random: any RandomSource) -> SymmetricKey? {
        guard let source, source.file != nil else { return nil }
        do throws(Problem) {
            let read = try source.ring(random: random)
            guard let key = read.key(id) else { return nil }
            current.withLock { $0 = read }
            return key
        } catch {
            // The file cannot be read now: what is told is that the key is not there.
            return nil
        }
    }

    func reload(addingKey: Bool, random: any RandomSource) throws(Problem) {
        guard let source, let file = source.file else {
            throw ConnectFault.keySource.problem(
                detail: source.map { "the key ring comes from \($0)" }
                    ?? "the key ring lives in memory alone"
            )
        }
        let read = addingKey ? try file.addKey(random: random) : try file.read()
        current.withLock { $0 = read }
    }
}
