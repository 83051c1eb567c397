import ConnectorKit
import Kernel
import Model
import Synchronization

/// What one execution knows to be secret; it learns while it runs.
///
/// Two kinds. *Kept* secrets are credentials and the values of secret slots: no value that comes back
/// to the workflow holds one, in memory or anywhere. *Passing* secrets are what a service or a caller
/// sends under a sensitive name, such as the token that a login answers: later steps may use them, so
/// they stay in memory, and are withheld from everything that is written or shown.
final class KnownSecrets: Sendable {
    private struct State {
        /// Looks for kept secrets alone.
        var kept: Redactor
        /// Looks for everything.
        var all: Redactor
    }

    private let state: Mutex<State>

    init(_ secrets: SecretSet = SecretSet()) {
        state = Mutex(State(kept: Redactor(only: []), all: Redactor()))
        keep(secrets)
    }

    private init(_ other: State) { state = Mutex(other) }

    /// One that begins with the same and learns for itself.
    func copy() -> KnownSecrets { KnownSecrets(state.withLock { $0 }) }

    /// Learns what must never come back.
    func keep(_ secrets: SecretSet) {
        guard !secrets.isEmpty else { return }
        state.withLock { state in
            state.kept.add(secrets: secrets.values)
            state.all.add(
                secrets: secrets.values,
                names: secrets.names,
                parameters: secrets.parameters,
            )
        }
    }

    /// What may be written and shown of a value, and what it lacks; from now on that is known. Nil
    /// when it is the value itself.
    func withhold(_ value: JSONValue) -> (shown: JSONValue, withheld: JSONDifference)? {
        guard let shown = all.redacted(value) else { return nil }
        let withheld = JSONDifference(from: value, to: shown)
        guard learn(withheld) else { return (shown, withheld) }
        // The same text may stand elsewhere in it, under another name.
        let rest = all.redact(value)
        return (rest, JSONDifference(from: value, to: rest))
    }

    /// Learns the texts that were withheld from a document for the name they stand under: they are
    /// found wherever else they stand. True when there were any.
    @discardableResult
    func learn(_ withheld: JSONDifference) -> Bool {
        let all = all
        let texts = withheld.named.compactMap { name, value -> String? in
            guard let text = value.stringValue, Self.passing.contains(text.utf8.count),
                all.isSensitive(name)
            else { return nil }
            return text
        }
        guard !texts.isEmpty else { return false }
        state.withLock { $0.all.add(secrets: texts) }
        return true
    }

    /// Bytes of a text that is taken for a passing secret: shorter ones are words, longer ones are
    /// documents.
    static let passing = 8...4096

    /// What the workflow may see: everything but kept secrets.
    func cleaned(_ value: JSONValue) -> JSONValue {
        state.withLock { $0.kept }.redact(value)
    }

    /// Bytes of JSON without kept secrets; nil when they hold none.
    func cleaned(_ bytes: [UInt8]) -> [UInt8]? {
        let kept = state.withLock { $0.kept }
        guard kept.finds(in: bytes), let json = Event.document(bytes) else { return nil }
        return kept.redacted(json).map { JSONWriter.bytes($0) }
    }

    func cleaned(_ reply: Reply) -> Reply {
        let kept = state.withLock { $0.kept }
        var reply = reply
        reply.body = reply.body.map { kept.redact($0) }
        reply.headers = reply.headers.mapValues { kept.redact($0) }
        return reply
    }

    func redact(_ value: JSONValue) -> JSONValue { all.redact(value) }
    func redact(_ text: String) -> String { all.redact(text) }
    func redact(_ problem: Problem) -> Problem { all.redact(problem) }

    var all: Redactor { state.withLock { $0.all } }
}
