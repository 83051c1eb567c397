import Definitions
import Model

/// The values that a failure is told apart by.
package struct Labels: Sendable, Hashable {
    package private(set) var values: [AlertLabel: String]

    package init(_ values: [AlertLabel: String]) { self.values = values }

    package init(_ failure: Failure, issue: Issue?) {
        let problem = failure.problem
        values = [
            .type: problem.type.rawValue, .actor: problem.actor.rawValue,
            .kind: failure.kind.rawValue,
        ]
        values[.solution] = failure.solution
        values[.workflow] = failure.workflow
        values[.instance] = failure.instance?.description
        values[.user] = failure.user?.description
        values[.connector] = problem.connector
        values[.operation] = problem.operation
        values[.step] = problem.step ?? problem.path
        values[.issue] = issue?.id.description
    }

    package subscript(label: AlertLabel) -> String { values[label] ?? "" }

    /// All conditions hold; none is no condition, and matches nothing.
    package func match(_ matchers: [LabelMatcher]) -> Bool {
        !matchers.isEmpty && matchers.allSatisfy { $0.holds(self[$0.label]) }
    }
}

extension Issue {
    /// What it is told apart by, once for each instance that it still hits: of the problem that
    /// came last.
    package var labels: [Labels] {
        var values: [AlertLabel: String] = [
            .type: problem.type.rawValue, .actor: problem.actor.rawValue, .kind: kind.rawValue,
            .issue: id.description,
        ]
        values[.solution] = solution
        values[.workflow] = workflow
        values[.connector] = problem.connector
        values[.operation] = problem.operation
        values[.step] = problem.step ?? problem.path
        let instances = hits.filter(\.value.isFiring).keys.sorted()
        guard !instances.isEmpty else { return [Labels(values)] }
        return instances.map { instance in
            var values = values
            values[.instance] = instance.isEmpty ? nil : instance
            return Labels(values)
        }
    }
}

extension NotificationGroup {
    /// Whether what has these labels is told by this group, as far as they are known.
    package func covers(_ other: Labels) -> Bool {
        labels.allSatisfy { name, value in
            guard let label = AlertLabel(rawValue: name) else { return false }
            return label == .user || other[label] == value
        }
    }
}
