import Alerting
import Embedding
import Model
import StorePort

extension Directory {
    /// Tokens that nobody uses are renewed this long after they were got, to see whether they can
    /// be: before the run that needs them.
    static let idleRenewal = TimeSpan(milliseconds: 86_400_000)

    /// When somebody has to look after an authentication: nil for what cannot end by itself.
    func due(_ credential: StoredCredential, _ record: AuthenticationRecord) -> Timestamp? {
        guard record.state == .healthy, let tokens = credential.tokens,
            let end = tokens.expiresAt, !getsTokensForItself(record.service, credential)
        else { return nil }
        guard tokens.refreshToken != nil else { return end }
        return max(end, tokens.obtainedAt + Self.idleRenewal)
    }

    /// Marks an authentication as expired or broken and writes the failure of it, in one
    /// transaction; once, however many attempts see it.
    ///
    /// - Parameter generation: of the credential that failed; a newer one is left alone.
    func breakAuthentication(
        _ id: ObjectID,
        generation: Int,
        _ problem: Problem,
    ) async throws(Problem) {
        for _ in 0..<Self.tries {
            let found: (document: AuthenticationRecord, record: Record)? = try await find(
                .authentication,
                id.description,
                .account,
            )
            guard let found, found.document.state == .healthy,
                found.document.generation == generation
            else { return }
            var broken = found.document
            broken.state =
                problem.code == "B2621" ? .expired : .broken(problem.type, since: now)
            let result = try await write([
                put(broken, dueAt: nil, expected: .version(found.record.version)),
                failure(of: broken, problem, in: try await users(of: broken)),
            ])
            if result.isDone {
                engine.logger.warning(
                    "an authentication is \(broken.state.name)",
                    metadata: [
                        "authentication": "\(id)", "service": "\(broken.service)",
                        "problem": "\(problem.code ?? problem.type.rawValue)",
                    ],
                )
                return
            }
        }
        throw Self.busy()
    }

    /// The instances in whose slots it stands; none for a shared one, which any may use.
    private func users(
        of record: AuthenticationRecord
    ) async throws(Problem) -> [Instance] {
        guard let owner = record.owner else { return [] }
        return try await instances(of: owner, state: nil, scope: .account).filter {
            $0.state != .deleted && $0.auth.values.contains(record.id)
        }
    }

    /// It is one failure, whatever the number of instances: the first that works is named, all are
    /// in the data.
    private func failure(
        of record: AuthenticationRecord,
        _ cause: Problem,
        in instances: [Instance],
    ) -> RecordChange {
        let now = now
        var problem = cause
        problem.occurredAt = now
        problem.actor = record.isShared ? .support : .client
        problem.action = .reconnect
        problem.connector = problem.connector ?? record.service
        problem.ids["authentication"] = .string(record.id.description)
        problem.data = [
            "authentication": .string(record.id.description), "service": .string(record.service),
            "state": .string(record.state.name),
            "instances": .array(instances.map { .string($0.id.description) }),
        ]
        let first = instances.first { $0.state == .enabled } ?? instances.first
        let failure = Failure(
            id: newID(.failure),
            at: now,
            kind: .authentication,
            instance: first?.id,
            solution: first?.solution,
            version: first?.version,
            user: record.owner,
            problem: engine.redactor.redact(problem),
        )
        return .put(
            RecordPut(
                kind: .failure,
                id: failure.id.description,
                owner: failure.owner,
                document: JSONWriter.bytes(failure.json),
                labels: [
                    "instance": first?.id.description ?? "", "solution": first?.solution ?? "",
                    "kind": failure.kind.rawValue, "problem": problem.type.rawValue,
                ],
                dueAt: now,
                expected: .absent,
            )
        )
    }
}
