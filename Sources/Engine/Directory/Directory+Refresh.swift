import Embedding
import StorePort
import Model

extension Directory {
    /// Brings the triggers of every enabled instance in line with its version, whose content was
    /// replaced: development only.
    func refreshTriggers(of old: SolutionVersion) async throws(Problem) {
        guard let version = try await version(old.solution, old.version) else { return }
        var last: String?
        while true {
            let page: [Instance] = try await page(
                RecordQuery(
                    kind: .instance,
                    scope: .account,
                    labels: [
                        "solution": version.solution, "version": version.version,
                        "state": Instance.State.enabled.rawValue,
                    ],
                    after: last,
                    limit: RecordLimits.listMax,
                )
            )
            guard let end = page.last else { return }
            last = end.id.description
            for instance in page {
                let states = try await triggerStates(of: instance.id)
                let changes = triggerChanges(
                    instance,
                    was: instance,
                    version,
                    known: states,
                )
                if !changes.isEmpty { _ = try await write(changes) }
            }
        }
    }
}
