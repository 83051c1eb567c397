import ConnectorKit
import Logging
import Synchronization

/// Takes secrets out of log lines, whoever wrote them: a library does not know what is secret.
///
/// It knows the account's secrets, and of instances those that were used lately.
package final class LogDoor: Sendable {
    /// How many values it knows at once; with more, it begins anew with what is used next.
    static let limit = 65_536

    private struct State {
        var redactor = Redactor()
        var own = SecretSet()
        var count = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// The account's own, from now on, in place of all others.
    func begin(with secrets: SecretSet) {
        state.withLock { state in
            state.own = secrets
            Self.reset(&state)
        }
    }

    func add(_ secrets: SecretSet) {
        state.withLock { state in
            guard !state.redactor.knows(secrets.values) else { return }
            if state.count + secrets.values.count > Self.limit { Self.reset(&state) }
            state.redactor.add(secrets: secrets.values)
            state.count += secrets.values.count
        }
    }

    private static func reset(_ state: inout State) {
        state.redactor = Redactor(secrets: state.own.values)
        state.redactor.add(secrets: [], parameters: state.own.parameters)
        state.count = state.own.values.count
    }

    package func redact(_ text: String) -> String { state.withLock { $0.redactor }.redact(text) }

    package func isSensitive(_ name: String) -> Bool {
        state.withLock { $0.redactor }.isSensitive(name)
    }
}

/// A log handler behind a ``LogDoor``: every message and every field passes it.
package struct RedactingLogHandler: LogHandler {
    private var inner: any LogHandler
    private let door: LogDoor

    package init(_ inner: any LogHandler, door: LogDoor) {
        self.inner = inner
        self.door = door
    }

    package var logLevel: Logger.Level {
        get { inner.logLevel }
        set { inner.logLevel = newValue }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { inner.metadataProvider }
        set { inner.metadataProvider = newValue }
    }

    package var metadata: Logger.Metadata {
        get { inner.metadata }
        set { inner.metadata = newValue.mapValues { redacted($0) } }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { inner[metadataKey: key] }
        set { inner[metadataKey: key] = newValue.map { redacted($0) } }
    }

    package func log(event: LogEvent) {
        var event = event
        event.message = "\(door.redact(event.message.description))"
        if let error = event.error { event.error = Told(text: door.redact("\(error)")) }
        event.metadata = event.metadata.map(redacted)
        inner.log(event: event)
    }

    private func redacted(_ metadata: Logger.Metadata) -> Logger.Metadata {
        var result = metadata
        for (key, value) in metadata {
            result[key] =
                door.isSensitive(key) ? .string(Redactor.replacement) : redacted(value)
        }
        return result
    }

    private func redacted(_ value: Logger.Metadata.Value) -> Logger.Metadata.Value {
        switch value {
        case .string(let text): .string(door.redact(text))
        case .stringConvertible(let value): .string(door.redact(value.description))
        case .dictionary(let members): .dictionary(redacted(members))
        case .array(let elements): .array(elements.map(redacted))
        }
    }

    /// An error in place of another one, with its text alone.
    private struct Told: Error, CustomStringConvertible {
        let text: String
        var description: String { text }
    }
}
