import Embedding
import Model
import StorePort

extension Directory {
    /// Items of one bulk creation at most.
    package static let bulkLimit = 500
    /// How many are changed at once: as many share a commit.
    private static let bulkWidth = 32

    /// The outcomes in the order of the items; several are worked on at a time.
    package func each<Item: Sendable, Outcome: Sendable>(
        _ items: [Item],
        _ body: @escaping @Sendable (Item) async -> Outcome,
    ) async -> [Outcome] {
        await withTaskGroup(of: (Int, Outcome).self) { group in
            var outcomes = [Outcome?](repeating: nil, count: items.count)
            for (index, item) in items.enumerated() {
                if index >= Self.bulkWidth, let (done, outcome) = await group.next() {
                    outcomes[done] = outcome
                }
                group.addTask { (index, await body(item)) }
            }
            for await (done, outcome) in group { outcomes[done] = outcome }
            return outcomes.compactMap(\.self)
        }
    }

    /// A page of the filter's instances, and where the next page begins.
    private func page(
        _ filter: InstanceFilter,
        by actor: Actor,
    ) async throws(Problem) -> (instances: [Instance], next: ObjectID?) {
        let found = try await instances(
            endUser: filter.endUser,
            solution: filter.solution,
            state: filter.state,
            after: filter.after,
            limit: filter.limit,
            by: actor,
        )
        let next = found.count == filter.limit ? found.last?.id : nil
        return (found.filter(filter.takes), next)
    }

    // MARK: Upgrades

    /// Upgrades the filter's instances that nothing blocks. Each is a change of its own: who is cut
    /// off in between asks again and the rest follows.
    ///
    /// - Returns: what was done, with `isDryRun` what would be; and where to go on.
    package func upgradeInstances(
        _ filter: InstanceFilter,
        to target: String,
        given: UpgradePlan.Given,
        isDryRun: Bool,
        by actor: Actor,
    ) async throws(Problem) -> (summary: UpgradeSummary, next: ObjectID?) {
        if let problem = Access.check(actor, .upgradeInstances) { throw problem }
        guard try await version(filter.solution, target) != nil else { throw Access.absent }
        let (instances, next) = try await page(filter, by: actor)
        let plans = await each(instances) { instance -> Result<UpgradePlan, Problem> in
            do throws(Problem) {
                return .success(
                    try await upgradeInstance(
                        instance.id,
                        to: target,
                        given: given,
                        isDryRun: isDryRun,
                        by: actor,
                    )
                )
            } catch {
                return .failure(error)
            }
        }
        var summary = UpgradeSummary()
        for (instance, plan) in zip(instances, plans) {
            switch plan {
            case .success(let plan): summary.add(plan)
            case .failure(let problem): try Self.pass(problem, &summary, instance)
            }
        }
        return (summary, next)
    }

    /// An instance that went away or stayed busy is told of; a store that fails ends the call.
    private static func pass(
        _ problem: Problem,
        _ summary: inout UpgradeSummary,
        _ instance: Instance,
    ) throws(Problem) {
        guard isAboutOne(problem) else { throw problem }
        summary.blocked += 1
        summary.refused.append(BulkRefusal(instance, problem))
    }

    private static func isAboutOne(_ problem: Problem) -> Bool { (problem.status ?? 500) < 500 }

    // MARK: On and off

    /// Enables or disables the filter's instances, each as a change of its own.
    package func switchInstances(
        _ filter: InstanceFilter,
        on isOn: Bool,
        isDryRun: Bool,
        by actor: Actor,
    ) async throws(Problem) -> (summary: SwitchSummary, next: ObjectID?) {
        if let problem = Access.check(actor, .switchInstances) { throw problem }
        let (instances, next) = try await page(filter, by: actor)
        let outcomes = await each(instances) { instance in
            await switched(instance, on: isOn, isDryRun: isDryRun, by: actor)
        }
        var summary = SwitchSummary()
        for (instance, outcome) in zip(instances, outcomes) {
            switch outcome {
            case .success(let change): summary.add(.success(change))
            case .failure(let problem):
                guard Self.isAboutOne(problem) else { throw problem }
                let check = isOn ? try await lacking(instance) : nil
                summary.add(.failure(.init(BulkRefusal(instance, problem, check))))
            }
        }
        return (summary, next)
    }

    private func switched(
        _ instance: Instance,
        on isOn: Bool,
        isDryRun: Bool,
        by actor: Actor,
    ) async -> Result<InstanceChange, Problem> {
        let wanted: Instance.State = isOn ? .enabled : .disabled
        guard instance.state != wanted, isOn || instance.state == .enabled else {
            return .success(InstanceChange(instance: instance, event: nil))
        }
        do throws(Problem) {
            guard isDryRun else {
                let changed =
                    isOn
                    ? try await enableInstance(instance.id, by: actor)
                    : try await disableInstance(instance.id, by: actor)
                return .success(
                    InstanceChange(instance: changed, event: isOn ? .enabled : .disabled)
                )
            }
            guard isOn else { return InstanceLifecycle.disable(instance, at: now) }
            guard let version = try await version(instance.solution, instance.version) else {
                throw Access.absent
            }
            return InstanceLifecycle.enable(
                instance,
                on: version,
                try await context(of: instance),
                at: now,
                for: actor.reader,
            )
        } catch {
            return .failure(error)
        }
    }

    private func lacking(_ instance: Instance) async throws(Problem) -> SlotCheck? {
        guard let version = try await version(instance.solution, instance.version) else {
            return nil
        }
        return SlotCheck(instance, on: version, try await context(of: instance))
    }
}
