import Definitions
import Embedding
import Model
import StorePort

extension Projects {
    private static let headID = "applied"
    /// Bytes of one part, as JSON: it leaves room for the record around it.
    private static let partBytes = RecordLimits.documentBytesMax - (64 << 10)

    private static func partID(_ revision: Int64, _ number: Int) -> String {
        "\(revision):\(number)"
    }

    func stored() async throws(Problem) -> Stored? {
        let found: (document: ProjectHead, record: Record)? = try await directory.find(
            .project,
            Self.headID,
            .account,
        )
        return found.map { Stored(head: $0.document, version: $0.record.version) }
    }

    /// The head, after this process has caught up with it.
    func current() async throws(Problem) -> Stored? {
        guard source == .store, let found = try await stored() else { return nil }
        if found.head.revision != revision.withLock({ $0 }) { try await load(found.head) }
        return found
    }

    /// Goes on with what was applied last; false when nothing was.
    ///
    /// - Throws: B2805 when this program cannot load it.
    package func restore() async throws(Problem) -> Bool { try await current() != nil }

    private func load(_ head: ProjectHead) async throws(Problem) {
        var documents: [[UInt8]] = []
        for number in 0..<head.parts {
            let record = try await directory.stored { () throws(StoreError) in
                try await engine.store.record(
                    .projectPart,
                    id: Self.partID(head.revision, number),
                    scope: .account,
                )
            }
            guard let record else { throw Self.unreadable(head, "a part of it is missing") }
            documents.append(record.document)
        }
        guard let upload = ProjectUpload(documents: documents) else {
            throw Self.unreadable(head, "its files are not whole")
        }
        let definition: ProjectDefinition
        do throws(Problem) { definition = try compiled(upload.files).definition } catch {
            var problem = Self.unreadable(head, error.detail ?? error.title)
            problem.data = error.data
            throw problem
        }
        let ready = try connectors(of: definition)
        try await directory.stored { () throws(StoreError) in
            try await engine.keepDefinitions(of: definition)
        }
        activate(definition, ready, revision: head.revision)
    }

    private static func unreadable(_ head: ProjectHead, _ reason: String) -> Problem {
        ProjectFault.unreadable.problem(detail: "revision \(head.revision): \(reason)")
    }

    private func connectors(
        of definition: ProjectDefinition
    ) throws(Problem) -> ReadyConnectors? {
        do throws(Problem) { return try compiler?.connectors(of: definition) } catch {
            var problem = error
            problem.status = 422
            throw problem
        }
    }

    /// All of it or nothing: the files, the versions, the head and the audit record.
    func write(
        _ draft: Draft,
        _ upload: ProjectUpload,
        by actor: Actor,
    ) async throws(Problem) -> ProjectPlan {
        let ready = try connectors(of: draft.definition)
        let revision = draft.plan.revision + 1
        guard let documents = upload.documents(limit: Self.partBytes) else {
            throw ProjectFault.tooLarge.problem(detail: "a file is too large as JSON writes it")
        }
        let head = ProjectHead(
            revision: revision,
            digest: draft.plan.digest,
            files: upload.files.count,
            parts: documents.count,
            appliedAt: engine.clock.now(),
            author: actor.author,
        )
        let versions = try await directory.stored { () throws(StoreError) in
            try await engine.keepDefinitions(of: draft.definition)
            return try await directory.versionChanges(of: draft.definition)
        }
        let changes =
            headChanges(head, documents, instead: draft.stored) + versions.puts + [
                audit(draft.plan, head, instead: draft.stored?.head, by: actor)
            ]
        guard changes.count <= RecordLimits.changesMax else {
            throw ProjectFault.tooLarge.problem(
                detail: "it would change \(changes.count) records at once, more than"
                    + " \(RecordLimits.changesMax)"
            )
        }
        guard try await directory.write(changes).isDone else {
            throw Self.stale(try await stored()?.head.revision ?? 0)
        }
        activate(draft.definition, ready, revision: revision)
        for version in versions.replaced { try await directory.refreshTriggers(of: version) }
        var plan = draft.plan
        plan.revision = revision
        plan.isApplied = true
        return plan
    }

    private func headChanges(
        _ head: ProjectHead,
        _ documents: [[UInt8]],
        instead old: Stored?,
    ) -> [RecordChange] {
        var changes: [RecordChange] = [
            .put(
                RecordPut(
                    kind: .project,
                    id: Self.headID,
                    document: JSONWriter.bytes(head.json),
                    expected: old.map { .version($0.version) } ?? .absent,
                )
            )
        ]
        for (number, document) in documents.enumerated() {
            let id = Self.partID(head.revision, number)
            changes.append(
                .put(RecordPut(kind: .projectPart, id: id, document: document))
            )
        }
        for number in 0..<(old?.head.parts ?? 0) {
            let id = Self.partID(old?.head.revision ?? 0, number)
            changes.append(.delete(.projectPart, id: id, expected: .any))
        }
        return changes
    }

    private func audit(
        _ plan: ProjectPlan,
        _ head: ProjectHead,
        instead old: ProjectHead?,
        by actor: Actor,
    ) -> RecordChange {
        var after = head.view
        after["changes"] = .array(
            plan.diff.items.filter { $0.action != .unchanged }.prefix(1_000).map { item in
                .string("\(item.action.rawValue) \(item.kind.rawValue) \(item.name)")
            }
        )
        return directory.audit(
            "project.apply",
            .init(kind: "project", id: "project"),
            by: actor,
            owner: nil,
            before: (old?.view).map(JSONValue.object),
            after: .object(after),
        )
    }

    /// The later revision wins, in whichever order two applies come here.
    private func activate(
        _ definition: ProjectDefinition,
        _ connectors: ReadyConnectors?,
        revision: Int64,
    ) {
        self.revision.withLock { known in
            guard revision > known else { return }
            known = revision
            use(definition, connectors)
        }
    }

    private func use(_ definition: ProjectDefinition, _ connectors: ReadyConnectors?) {
        if let connectors {
            engine.use(connectors.registry)
            connectors.activate()
        }
        engine.activate(definition)
    }

    // MARK: A folder

    /// Makes the folder's project live, and tells instances whose version has other content now.
    package func follow(_ definition: ProjectDefinition) async throws(Problem) {
        let ready = try connectors(of: definition)
        let replaced = try await directory.stored { () throws(StoreError) in
            let replaced = try await directory.versionChanges(of: definition).replaced
            try await engine.keepDefinitions(of: definition)
            try await directory.keepVersions(of: definition)
            return replaced
        }
        use(definition, ready)
        for version in replaced { try await directory.refreshTriggers(of: version) }
    }
}
