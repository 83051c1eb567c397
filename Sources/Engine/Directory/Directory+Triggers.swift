import Embedding
import Model
import StorePort

extension Directory {
    /// Where the instance's triggers stand.
    func triggerStates(of instance: ObjectID) async throws(Problem) -> [TriggerState] {
        try await page(
            RecordQuery(
                kind: .trigger,
                scope: .account,
                labels: ["instance": instance.description],
                limit: RecordLimits.listMax,
            )
        )
    }

    func triggerChanges(
        _ instance: Instance,
        _ version: SolutionVersion,
        known: [TriggerState],
    ) -> [RecordChange] {
        []
    }
}
