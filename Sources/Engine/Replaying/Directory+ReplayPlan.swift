import Alerting
import Embedding
import Kernel
import Model
import StorePort

/// What a replay would do: a dry run.
package struct ReplayPlan: Sendable {
    package struct Item: Sendable {
        package var execution: ExecutionID
        package var workflow: String
        /// Where it would go on: an occurrence; nil at the beginning, and where all goes on that was
        /// in flight.
        package var start: String?
        /// Outcomes that are kept and not run again.
        package var kept: Int
        package var problem: Problem?
    }

    package var total: Int
    /// The first ``looked`` of them.
    package var items: [Item]

    /// How many executions a dry run looks into.
    package static let looked = 100

    package var json: JSONValue {
        var object: JSONObject = [
            "dry_run": true, "total": .integer(Int64(total)),
            "looked_into": .integer(Int64(items.count)),
        ]
        object["would_start"] = .integer(Int64(items.count { $0.problem == nil }))
        object["would_refuse"] = .integer(Int64(items.count { $0.problem != nil }))
        object["items"] = .array(
            items.map { item in
                var entry = JSONObject()
                entry["execution"] = .string(item.execution.description)
                entry["workflow"] = .string(item.workflow)
                entry["start"] = item.start.map(JSONValue.string)
                entry["kept"] = .integer(Int64(item.kept))
                entry["problem"] = item.problem?.json
                return .object(entry)
            }
        )
        return .object(object)
    }
}

extension Directory {
    /// Selects and plans as ``createReplay(_:_:by:)`` does, and writes nothing.
    package func planReplay(
        _ selector: ReplaySelector,
        _ order: ReplayOrder,
        by actor: Actor,
    ) async throws(Problem) -> ReplayPlan {
        try check(order, selector, by: actor)
        let ids = try await selected(selector, by: actor)
        var items: [ReplayPlan.Item] = []
        for id in ids.prefix(ReplayPlan.looked) {
            items.append(await planned(id, order, by: actor))
        }
        return ReplayPlan(total: ids.count, items: items)
    }

    private func planned(
        _ id: ExecutionID,
        _ order: ReplayOrder,
        by actor: Actor,
    ) async -> ReplayPlan.Item {
        let replayer = Replayer(engine: engine)
        var item = ReplayPlan.Item(execution: id, workflow: "", kept: 0)
        do throws(Problem) {
            let source: Replayer.Source
            let rewind: Rewind?
            switch order.mode {
            case .resume: (source, _, rewind) = try await replayer.planResume(id)
            case .replay:
                let request: StartRequest
                (request, source, rewind) = try await replayer.request(
                    id,
                    order,
                    by: author(actor),
                    key: nil,
                )
                try replayer.check(request, source)
                try await checkAlone(id, order)
            }
            item.workflow = source.workflow.qualifiedName
            item.start = rewind?.occurrence
            item.kept = rewind?.outcomesKept ?? 0
        } catch {
            item.problem =
                actor.reader == .partner
                ? error : Problem(json: ClientProblem(error).json) ?? Problem(error.type)
        }
        return item
    }

    private func checkAlone(_ id: ExecutionID, _ order: ReplayOrder) async throws(Problem) {
        guard !order.again else { return }
        var query = ExecutionQuery(limit: 500)
        query.replayOf = id
        query.includesBodies = false
        let replays = try await stored { [query] () throws(StoreError) in
            try await store.executions(query)
        }
        guard let other = replays.first(where: { $0.status != .finished }) else { return }
        throw ReplayFault.cameTooLate.problem("its replay \(other.id) is under way already")
    }
}

extension Replayer {
    /// Makes the beginning as a start would, and forgets it.
    func check(_ request: StartRequest, _ source: Source) throws(Problem) {
        guard let beginning = request.beginning else { return }
        var input = source.input
        input.trigger = request.trigger
        input.config = request.config ?? request.workflow.config
        if case .failure(let problem) = beginning(source.head, input) { throw problem }
    }
}
