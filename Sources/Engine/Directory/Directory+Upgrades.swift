import Embedding
import Model

extension Directory {
    /// Upgrades every instance of a solution, or those of one version, that nothing blocks. Each
    /// is a change of its own: who is cut off in between asks again and the rest follows.
    ///
    /// - Returns: what was done; with `isDryRun` what would be.
    package func upgradeInstances(
        of solution: String,
        from source: String?,
        to target: String,
        isDryRun: Bool,
        by actor: Actor,
    ) async throws(Problem) -> UpgradeSummary {
        if let problem = Access.check(actor, .upgradeInstances) { throw problem }
        guard try await version(solution, target) != nil else { throw Access.absent }
        var summary = UpgradeSummary()
        var last: ObjectID?
        while true {
            let page = try await instances(
                endUser: nil,
                solution: solution,
                state: nil,
                after: last,
                limit: 500,
                by: actor,
            )
            guard let end = page.last else { return summary }
            last = end.id
            for instance in page {
                guard instance.state != .deleted,
                    source.map({ instance.version == $0 }) ?? true
                else { continue }
                let plan = try await upgradeInstance(
                    instance.id,
                    to: target,
                    given: UpgradePlan.Given(),
                    isDryRun: isDryRun,
                    by: actor,
                )
                summary.add(plan)
            }
        }
    }
}
