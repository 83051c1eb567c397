import Embedding
import Model
import StorePort

/// The embedding's objects: end users, solution versions, instances, authentications, API keys.
///
/// Each change is one transaction with its audit record and with what follows from it, such as the
/// states of an instance's triggers. What lies outside an actor's scope is absent for it, word for
/// word: the store's own queries see to that.
package struct Directory: Sendable {
    let engine: Engine

    /// How often a change is tried again when another one came first.
    static let tries = 16

    var store: any Store { engine.store }
    var now: Timestamp { engine.clock.now() }

    func newID(_ kind: ObjectID.Kind) -> ObjectID {
        let now = now
        let number = engine.state.withLock { $0.identifiers.next(now: now) }
        return ObjectID(kind, rawValue: number.rawValue)
    }

    static func scope(_ actor: Actor) -> RecordScope {
        switch actor.scope {
        case .all: .account
        case .own(let user): .owner(user.description)
        // No record is owned by this.
        case .nothing: .owner("nobody")
        }
    }

    // MARK: Documents

    func read<Document: JSONDocument>(_ record: Record) throws(Problem) -> Document {
        let value: JSONValue
        do { value = try JSONParser.parse(record.document) } catch {
            throw Self.unreadable(record)
        }
        guard let document = Document(json: value) else { throw Self.unreadable(record) }
        return document
    }

    private static func unreadable(_ record: Record) -> Problem {
        Problem(
            .runtime,
            detail: "the \(record.kind.rawValue) \(record.id) cannot be read",
            code: "B2701",
        )
    }

    func stored<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Problem) -> Value {
        do throws(StoreError) { return try await body() } catch {
            var problem = Problem(error)
            problem.status = 503
            throw problem
        }
    }

    /// The object, when it is there for the actor.
    func find<Document: JSONDocument>(
        _ kind: RecordKind,
        _ id: String,
        _ scope: RecordScope,
    ) async throws(Problem) -> (document: Document, record: Record)? {
        let record = try await stored { () throws(StoreError) in
            try await store.record(kind, id: id, scope: scope)
        }
        guard let record else { return nil }
        return (try read(record), record)
    }

    /// A page of objects in the order in which they were made.
    func page<Document: JSONDocument>(_ query: RecordQuery) async throws(Problem) -> [Document] {
        let records = try await stored { () throws(StoreError) in try await store.records(query) }
        var documents: [Document] = []
        for record in records { documents.append(try read(record)) }
        return documents
    }

    // MARK: Changes

    /// What a change writes besides the object itself.
    func audit(
        _ action: String,
        _ target: AuditRecord.Target,
        by actor: Actor,
        owner: ObjectID?,
        before: JSONValue?,
        after: JSONValue?,
    ) -> RecordChange {
        let sides = AuditRedaction().sides(before: before, after: after)
        let record = AuditRecord(
            id: newID(.audit),
            at: now,
            actor: actor.author,
            action: action,
            target: target,
            before: sides.before,
            after: sides.after,
        )
        return .put(
            RecordPut(
                kind: .audit,
                id: record.id.description,
                owner: owner?.description ?? "",
                document: JSONWriter.bytes(engine.redactor.redact(record.json)),
                labels: ["target": target.id, "action": action],
                expected: .absent,
            )
        )
    }

    func write(_ changes: [RecordChange]) async throws(Problem) -> RecordChangeResult {
        let now = now
        let known = engine.accountSecrets
        let changes = changes.map { $0.cleaned(by: known) }
        defer { forgetSecrets(after: changes) }
        return try await stored { () throws(StoreError) in
            try await store.change(changes, now: now)
        }
    }

    static func busy() -> Problem {
        var problem = Problem(
            .conflict,
            detail: "the object was changed by others again and again",
            code: "B2702",
        )
        problem.retry = RetryAdvice(kind: .after, after: TimeSpan(milliseconds: 1_000))
        return problem
    }
}

extension Engine {
    package var directory: Directory { Directory(engine: self) }
}

extension RecordChangeResult {
    var isDone: Bool {
        if case .done = self { return true }
        return false
    }
}
