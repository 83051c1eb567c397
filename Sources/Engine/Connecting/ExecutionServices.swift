import ConnectorKit
import Logging
import Model
import StorePort

/// What a connector may use, on behalf of one execution.
struct ExecutionServices: ConnectorServices {
    let engine: Engine
    let facts: ExecutionFacts
    /// The solution version that it runs on; nil for the account's own.
    var version: String?
    let known: KnownSecrets
    /// The alerts that led to the execution.
    var alert: AlertContext?
    var depth = 0

    var storage: any DataStorage { ScopedStorage(engine: engine, facts: facts, known: known) }
    var executions: any ExecutionStarter {
        InstanceStarter(
            engine: engine,
            facts: facts,
            version: version,
            known: known,
            alert: alert?.inherited,
            depth: depth,
        )
    }

    func log(level: ConnectorKit.LogLevel, message: String, fields: JSONObject) {
        var metadata: Logger.Metadata = [
            "execution": "\(facts.id)", "workflow": "\(facts.workflow)",
        ]
        for (key, value) in fields {
            metadata[key] = "\(JSONWriter.string(redacted(value, under: key)))"
        }
        engine.logger.log(
            level: Logger.Level(level),
            "\(known.redact(message))",
            metadata: metadata,
        )
    }

    private func redacted(_ value: JSONValue, under key: String) -> JSONValue {
        let object: JSONValue = .object(JSONObject([(key, value)]))
        return known.redact(object)[key] ?? .string(Redactor.replacement)
    }

    func now() -> Timestamp { engine.clock.now() }

    func sleep(for span: TimeSpan) async throws(Problem) {
        let deadline = Timestamp(milliseconds: now().milliseconds + span.milliseconds)
        do {
            try await engine.clock.sleep(until: deadline)
        } catch {
            throw Problem(.cancelled, detail: "the attempt was cancelled")
        }
    }
}

extension Logger.Level {
    fileprivate init(_ level: ConnectorKit.LogLevel) {
        switch level {
        case .debug: self = .debug
        case .info: self = .info
        case .warning: self = .warning
        case .error: self = .error
        case .critical: self = .critical
        }
    }
}
