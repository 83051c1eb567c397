import Alerting
import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// Silences that can be there at once and are not over.
    static let silencesMax = 500

    package func silences(
        state: Silence.State?,
        after: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [Silence] {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        let all: [Silence] = try await page(
            RecordQuery(
                kind: .silence,
                scope: Self.scope(actor),
                labels: state == .expired || state == nil ? [:] : ["ended": "no"],
                after: after?.description,
                limit: limit,
                newestFirst: true,
            )
        )
        let now = now
        return state.map { state in all.filter { $0.state(at: now) == state } } ?? all
    }

    package func silence(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Silence {
        if let problem = Access.check(actor, .readAlerts) { throw problem }
        return try await known(id, by: actor).document
    }

    private func known(
        _ id: ObjectID,
        by actor: Actor,
    ) async throws(Problem) -> (document: Silence, record: Record) {
        let found: (document: Silence, record: Record)? = try await find(
            .silence,
            id.description,
            Self.scope(actor),
        )
        guard let found else { throw Access.absent }
        return found
    }

    /// - Parameter startsAt: nil is now.
    package func createSilence(
        matchers: [AlertLabel: String],
        startsAt: Timestamp?,
        expiresAt: Timestamp,
        comment: String,
        by actor: Actor,
    ) async throws(Problem) -> Silence {
        if let problem = Access.check(actor, .manageAlerts) { throw problem }
        let now = now
        let silence = Silence(
            id: newID(.silence),
            matchers: matchers,
            startsAt: startsAt ?? now,
            expiresAt: expiresAt,
            author: actor.id.isEmpty ? actor.kind.rawValue : actor.id,
            comment: engine.redactor.redact(comment),
        )
        try check(silence)
        let count = try await stored { () throws(StoreError) in
            try await store.countRecords(.silence, scope: .account, labels: ["ended": "no"])
        }
        guard count < Self.silencesMax else {
            throw Self.refusedSilence("there are \(count) silences already")
        }
        _ = try await write([
            put(silence, isOver: false, expected: .absent),
            audit(
                "silence.create",
                .init(kind: "silence", id: silence.id.description),
                by: actor,
                owner: nil,
                before: nil,
                after: silence.json,
            ),
        ])
        return silence
    }

    private func check(_ silence: Silence) throws(Problem) {
        guard (1...Silence.matchersMax).contains(silence.matchers.count) else {
            throw Self.refusedSilence("it has 1 to \(Silence.matchersMax) matchers")
        }
        for (label, text) in silence.matchers {
            do throws(RegexError) { _ = try LabelMatcher(label, text: text) } catch {
                throw Self.refusedSilence("\(label.rawValue): \(error)")
            }
        }
        guard silence.expiresAt > max(silence.startsAt, now),
            silence.expiresAt - silence.startsAt <= Silence.longest
        else {
            throw Self.refusedSilence("it ends in the future, at most 366 days after it begins")
        }
        guard silence.comment.utf8.count <= Silence.commentBytesMax else {
            throw Self.refusedSilence("a comment has at most \(Silence.commentBytesMax) bytes")
        }
    }

    private static func refusedSilence(_ detail: String) -> Problem {
        Problem(.validation, detail: detail, code: "B3066")
    }

    /// Ends a silence now; one that is over stays as it is.
    package func expireSilence(_ id: ObjectID, by actor: Actor) async throws(Problem) -> Silence {
        if let problem = Access.check(actor, .manageAlerts) { throw problem }
        for _ in 0..<Self.tries {
            let (before, record) = try await known(id, by: actor)
            let now = now
            guard before.state(at: now) != .expired else { return before }
            var silence = before
            silence.startsAt = min(before.startsAt, now)
            silence.expiresAt = now
            let written = try await write([
                put(silence, isOver: true, expected: .version(record.version)),
                audit(
                    "silence.expire",
                    .init(kind: "silence", id: id.description),
                    by: actor,
                    owner: nil,
                    before: before.json,
                    after: silence.json,
                ),
            ])
            if written.isDone { return silence }
        }
        throw Self.busy()
    }

    /// `isOver` is a label, so that what has ended costs no look any more; it is due at its end.
    func put(_ silence: Silence, isOver: Bool, expected: RecordExpectation) -> RecordChange {
        .put(
            RecordPut(
                kind: .silence,
                id: silence.id.description,
                document: JSONWriter.bytes(silence.json),
                labels: ["ended": isOver ? "yes" : "no"],
                dueAt: isOver ? nil : silence.expiresAt,
                expected: expected,
            )
        )
    }

    /// Notes on silences that have ended that they have.
    func endSilences() async throws(Problem) {
        let now = now
        let due = try await stored { () throws(StoreError) in
            try await store.claimDue(
                .silence,
                now: now,
                hideUntil: now + TimeSpan(milliseconds: 60_000),
                limit: 64,
            )
        }
        for record in due {
            let silence: Silence = try read(record)
            _ = try await write([
                put(silence, isOver: true, expected: .version(record.version))
            ])
        }
    }
}
