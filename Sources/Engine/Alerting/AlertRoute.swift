import Alerting
import Definitions
import Embedding
import Model
import StorePort

/// Which alert workflows may take what failed in an instance, or in the account's own executions.
struct AlertRoute: Sendable, Hashable {
    var solution: String?
    var version: String?
    var instance: ObjectID?

    init(_ failure: Failure) {
        solution = failure.solution
        version = failure.version
        instance = failure.instance
    }

    init(_ alert: Alert, version: String?) {
        solution = alert.solution
        instance = alert.instance
        self.version = version
    }
}

extension Engine {
    /// The ladder as it is deployed now. An instance's rung is that of its present version, which
    /// may know better how to tell than the one that failed.
    func ladder(_ route: AlertRoute) async throws(Problem) -> Ladder {
        var ladder = Ladder(
            instanceWorkflow: nil,
            accountWorkflow: deployment.project.account.alert,
        )
        guard let solution = route.solution else { return ladder }
        let definition = deployment.project.solutions.first { $0.name == solution }
        var alert = definition?.alert
        if let id = route.instance {
            let instance = try await directory.instance(id, scope: .account)
            guard let instance, instance.state != .deleted else { return ladder }
            alert = try await directory.version(solution, instance.version)?.alert
        }
        ladder.instanceWorkflow = alert.map { "\(solution)/\($0)" }
        ladder.escalatesAlways = definition?.escalatesAlways ?? false
        return ladder
    }

    /// What starts the alert workflow on the alert's rung; nil when there is none to start.
    func request(
        for alert: Alert,
        workflow name: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest? {
        switch alert.rung {
        case .deadLetter: return nil
        case .account:
            return deployment.workflows[name].map { StartRequest(workflow: $0, trigger: trigger) }
        case .instance:
            guard let id = alert.instance else {
                return deployment.workflows[name].map {
                    StartRequest(workflow: $0, trigger: trigger)
                }
            }
            return try await directory.alertStart(
                id,
                workflow: String(name.split(separator: "/").last ?? ""),
                trigger: trigger,
            )
        }
    }
}

extension Directory {
    /// An alert workflow runs also for an instance that is switched off: what failed before is
    /// still to be told.
    func alertStart(
        _ id: ObjectID,
        workflow: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest? {
        guard let instance = try await instance(id, scope: .account), instance.state != .deleted,
            let version = try await version(instance.solution, instance.version),
            version.workflows.contains(where: { $0.name == workflow })
        else { return nil }
        return try await request(instance, version, workflow: workflow, trigger: trigger)
    }
}
