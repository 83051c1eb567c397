import ConnectorKit
import Definitions
import Model
import StorePort

extension Engine {
    func operation(_ connector: String, _ name: String) -> ReadyOperation? {
        operations.withLock { $0["\(connector).\(name)"] }
    }

    /// What starts the workflow that a call by name means. For an instance it is the one of the
    /// version that the caller runs on, with the instance's configuration.
    func call(
        _ name: String,
        input: JSONValue,
        from caller: Caller,
    ) async throws(Problem) -> StartRequest {
        let trigger: JSONValue = ["input": input]
        guard caller.depth < Self.callDepth else {
            throw Problem(
                .limit,
                detail: "more than \(Self.callDepth) calls inside one another",
                code: "B2880",
            )
        }
        var request: StartRequest
        if caller.instance.isEmpty {
            request = StartRequest(
                workflow: try callee(name, from: caller.solution),
                trigger: trigger,
            )
        } else {
            request = try await directory.call(caller, workflow: name, trigger: trigger)
        }
        request.depth = caller.depth + 1
        return request
    }

    /// Who calls: nil for the version means the instance's own.
    struct Caller: Sendable {
        var instance: String
        var solution: String?
        var version: String?
        var depth = 0
    }

    /// How deep calls may stand inside one another.
    static let callDepth = 16

    /// The workflow that a call by name means: of the same solution first.
    private func callee(
        _ name: String,
        from solution: String?,
    ) throws(Problem) -> DeployedWorkflow {
        let deployment = deployment
        let found =
            solution.flatMap { deployment.workflows["\($0)/\(name)"] }
            ?? deployment.workflow(named: name)
        guard let found else {
            throw Problem(
                .configuration,
                detail: "there is no workflow \(name) to call",
                code: "B2206",
            )
        }
        try checkCallable(found)
        return found
    }

    func checkCallable(_ workflow: DeployedWorkflow) throws(Problem) {
        switch workflow.definition.trigger {
        case .call, .manual: return
        default:
            throw Problem(
                .configuration,
                detail: "\(workflow.definition.name) has a \(workflow.definition.trigger.kind)"
                    + " trigger and cannot be called; give it `trigger: call`",
                code: "B2207",
            )
        }
    }

    /// Waits for the end of an execution of the instance; nil when there is none, or when the task
    /// is cancelled.
    func end(of id: ExecutionID, instance: String) async -> ExecutionView? {
        while !Task.isCancelled {
            let word = await watchers.word(about: id, onlyEnd: true) { [self] in
                do throws(StoreError) {
                    guard let view = try await execution(id), view.head.instance == instance else {
                        return .missing
                    }
                    return view.head.status == .finished ? .end(view) : nil
                } catch {
                    return nil
                }
            }
            switch word {
            case .end(let view): return view
            case .missing, nil: return nil
            case .reply: continue
            }
        }
        return nil
    }
}
