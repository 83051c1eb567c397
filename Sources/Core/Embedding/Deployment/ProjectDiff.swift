import Definitions
import Model

/// What deploying a project would change, against what is deployed.
package struct ProjectDiff: Sendable, Hashable {
    package enum Action: String, Sendable, Hashable, CaseIterable {
        case create, update, destroy, unchanged
    }

    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case account, connector, alert, solution, workflow
    }

    /// One changed field; the values are as they may be shown.
    package struct Field: Sendable, Hashable {
        /// `config.list_id.title`
        package var path: String
        /// Nil when it is new.
        package var old: JSONValue?
        /// Nil when it is gone.
        package var new: JSONValue?

        package init(path: String, old: JSONValue? = nil, new: JSONValue? = nil) {
            self.path = path
            self.old = old
            self.new = new
        }
    }

    package struct Item: Sendable, Hashable {
        package var kind: Kind
        /// Of a workflow, `solution/workflow`.
        package var name: String
        package var action: Action
        package var fields: [Field]
    }

    package var items: [Item]
    /// Why it cannot be deployed; empty when it can.
    package var problems: [Problem]

    /// - Parameters:
    ///   - deployed: what is live.
    ///   - known: every version that was ever deployed, live or not.
    ///   - instances: how many instances that are not deleted each solution has.
    ///   - isDevelopment: a version may change its content without a new number.
    package init(
        from deployed: ProjectFacts,
        to new: ProjectFacts,
        known: [SolutionVersion] = [],
        instances: [String: Int] = [:],
        isDevelopment: Bool = false,
    ) {
        items = Self.account(deployed, new)
        items += Self.parts(.connector, deployed.connectors, new.connectors)
        items += Self.parts(.alert, deployed.alerts, new.alerts)
        items += Self.solutions(deployed.solutions, new.solutions)
        problems = []
        if !isDevelopment {
            problems += Self.reusedVersions(known + deployed.solutions, new.solutions)
        }
        for gone in Self.names(deployed.solutions).subtracting(Self.names(new.solutions)).sorted() {
            guard let count = instances[gone], count > 0 else { continue }
            problems.append(
                EmbeddingFault.solutionInUse.problem(
                    detail: "solution \(gone) has \(count) instances",
                    data: ["solution": .string(gone), "instances": .integer(Int64(count))],
                )
            )
        }
    }

    package func count(_ action: Action) -> Int { items.count { $0.action == action } }

    /// True when deploying would change nothing.
    package var isEmpty: Bool { count(.unchanged) == items.count }

    // MARK: Parts

    private static func names(_ solutions: [SolutionVersion]) -> Set<String> {
        Set(solutions.map(\.solution))
    }

    /// The rule: the content of a version never changes, so that pinned instances stay what they
    /// are.
    private static func reusedVersions(
        _ known: [SolutionVersion],
        _ new: [SolutionVersion],
    ) -> [Problem] {
        new.filter { candidate in
            known.contains {
                $0.solution == candidate.solution && $0.version == candidate.version
                    && $0.digest != candidate.digest
            }
        }.map { solution in
            EmbeddingFault.sameVersion.problem(
                detail: "solution \(solution.solution) \(solution.version) was deployed with other "
                    + "content: bump the version",
                data: [
                    "solution": .string(solution.solution),
                    "version": .string(solution.version),
                ],
            )
        }
    }

    private static func account(_ old: ProjectFacts, _ new: ProjectFacts) -> [Item] {
        [
            item(
                .account,
                "account",
                old: old.account.isEmpty ? nil : old.account,
                new: new.account.isEmpty ? nil : new.account,
            )
        ].compactMap { $0 }
    }

    private static func parts(
        _ kind: Kind,
        _ old: [ProjectFacts.Part],
        _ new: [ProjectFacts.Part],
    ) -> [Item] {
        func members(_ part: ProjectFacts.Part?) -> JSONObject? {
            part.map { part in
                var object = part.facts
                object["digest"] = .string(part.digest)
                return object
            }
        }
        return Set(old.map(\.name) + new.map(\.name)).sorted().compactMap { name in
            item(
                kind,
                name,
                old: members(old.first { $0.name == name }),
                new: members(new.first { $0.name == name }),
            )
        }
    }

    private static func solutions(_ old: [SolutionVersion], _ new: [SolutionVersion]) -> [Item] {
        names(old).union(names(new)).sorted().flatMap { name in
            let before = old.last { $0.solution == name }
            let after = new.last { $0.solution == name }
            let workflows = workflows(name, before?.workflows ?? [], after?.workflows ?? [])
            guard
                var solution = item(.solution, name, old: before?.shown, new: after?.shown)
            else { return workflows }
            // A workflow is a part of its solution: the instances get another one.
            if solution.action == .unchanged, before?.digest != after?.digest {
                solution.action = .update
            }
            return [solution] + workflows
        }
    }

    private static func workflows(
        _ solution: String,
        _ old: [SolutionVersion.Workflow],
        _ new: [SolutionVersion.Workflow],
    ) -> [Item] {
        func members(_ workflow: SolutionVersion.Workflow?) -> JSONObject? {
            workflow.map {
                ["trigger": .string($0.trigger), "digest": .string($0.digest)]
            }
        }
        return Set(old.map(\.name) + new.map(\.name)).sorted().compactMap { name in
            item(
                .workflow,
                "\(solution)/\(name)",
                old: members(old.first { $0.name == name }),
                new: members(new.first { $0.name == name }),
            )
        }
    }

    private static func item(
        _ kind: Kind,
        _ name: String,
        old: JSONObject?,
        new: JSONObject?,
    ) -> Item? {
        let action: Action
        switch (old, new) {
        case (nil, nil): return nil
        case (nil, _?): action = .create
        case (_?, nil): action = .destroy
        case (let old?, let new?): action = old == new ? .unchanged : .update
        }
        let fields =
            action == .destroy ? [] : FieldDiff.fields(old ?? JSONObject(), new ?? JSONObject())
        return Item(kind: kind, name: name, action: action, fields: fields)
    }
}

extension SolutionVersion {
    /// What a plan compares: slots by their names, defaults of secrets masked, workflows apart.
    fileprivate var shown: JSONObject {
        var object = JSONObject()
        object["version"] = .string(version)
        object["title"] = title.map(JSONValue.string)
        object["alert"] = alert.map(JSONValue.string)
        var auth: [String: JSONValue] = [:]
        for slot in authSlots { auth[slot.name] = nameless(slot.json) }
        object["auth"] = .members(auth) { $0 }
        var config: [String: JSONValue] = [:]
        for slot in configSlots { config[slot.name] = nameless(slot.view(for: .partner)) }
        object["config"] = .members(config) { $0 }
        for (name, value) in texts.members(\.sourceJSON) { object[name] = value }
        return object
    }

    private func nameless(_ value: JSONValue) -> JSONValue {
        guard case .object(var object) = value else { return value }
        object["name"] = nil
        return .object(object)
    }
}
