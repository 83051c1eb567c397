import Embedding
import Model
import StorePort

extension Directory {
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
