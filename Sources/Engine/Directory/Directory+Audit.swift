import Embedding
import Model
import StorePort

extension Directory {
    /// Writes that somebody does something to what is no record, such as an execution: before it is
    /// done, so that nothing is done without it.
    package func note(
        _ action: String,
        _ target: AuditRecord.Target,
        owner: ObjectID? = nil,
        by actor: Actor,
    ) async throws(Problem) {
        let change = audit(action, target, by: actor, owner: owner, before: nil, after: nil)
        guard try await write([change]).isDone else { throw Self.busy() }
    }

    /// Who changed what, newest first.
    ///
    /// - Parameters:
    ///   - target: the id of what was changed; nil for everything.
    ///   - before: the page begins with what is older than this record.
    package func auditRecords(
        of target: String?,
        before: ObjectID?,
        limit: Int,
        by actor: Actor,
    ) async throws(Problem) -> [AuditRecord] {
        if let problem = Access.check(actor, .readAudit) { throw problem }
        return try await page(
            RecordQuery(
                kind: .audit,
                scope: Self.scope(actor),
                labels: target.map { ["target": $0] } ?? [:],
                after: before?.description,
                limit: limit,
                newestFirst: true,
            )
        )
    }
}
