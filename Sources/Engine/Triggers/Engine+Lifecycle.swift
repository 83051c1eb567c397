import Definitions
import Embedding
import Model
import StorePort

extension Engine {
    /// Starts what the instance's solution runs on an event of its life, once each: the keys of the
    /// executions find them when a crash came before the record was deleted.
    func tell(_ record: Record) async {
        do throws(Problem) {
            let notice: LifecycleNotice = try directory.read(record)
            let instance = notice.instance
            if let version = try await directory.version(instance.solution, instance.version) {
                for workflow in version.workflows where workflow.trigger == "instance" {
                    try await tell(notice, version, workflow.name, record.id)
                }
            }
            _ = try await directory.write([
                .delete(.lifecycle, id: record.id, expected: .any)
            ])
        } catch {
            logger.error(
                "an event of an instance waits to be told: \(error.detail ?? error.title)",
                metadata: ["event": "\(record.id)"],
            )
        }
    }

    private func tell(
        _ notice: LifecycleNotice,
        _ version: SolutionVersion,
        _ workflow: String,
        _ id: String,
    ) async throws(Problem) {
        var request = try await directory.start(notice, version, workflow: workflow)
        guard case .instance(let events) = request.workflow.definition.trigger,
            events.contains(notice.event)
        else { return }
        request.idempotencyKey = "life-cycle:\(id)"
        do throws(StartRefusal) { _ = try await start(request) } catch { throw error.problem }
    }
}
