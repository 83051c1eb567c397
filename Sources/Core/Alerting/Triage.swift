import Definitions
import Embedding
import Model

/// Decides what becomes of failures: one batch, as a pure function.
///
/// The shell loads the issues and groups that the failures touch (``fingerprints(of:)`` and
/// ``groupID(_:_:_:)`` name them), lets this decide, and writes everything in one transaction.
/// Linear in the batch.
package struct Triage: Sendable {
    /// What is known besides the batch.
    package struct Situation: Sendable {
        package var definition: AlertingDefinition
        /// Those that are active.
        package var silences: [Silence]
        /// Labels of open issues, for inhibition.
        package var openIssues: [Labels]
        package var now: Timestamp

        package init(
            definition: AlertingDefinition,
            silences: [Silence],
            openIssues: [Labels],
            now: Timestamp,
        ) {
            self.definition = definition
            self.silences = silences
            self.openIssues = openIssues
            self.now = now
        }
    }

    /// An alert that is to be made at once, for a failure on a rung without groups.
    package struct Direct: Sendable, Hashable {
        package var failure: Failure
        package var rung: Rung
    }

    private let situation: Situation
    private let silences: [(silence: Silence, conditions: [LabelMatcher])]
    /// By fingerprint: those that were loaded, then as they became.
    package private(set) var issues: [String: Issue]
    package private(set) var groups: [String: NotificationGroup]
    package private(set) var changedIssues: Set<String> = []
    package private(set) var changedGroups: Set<String> = []
    /// With their dispositions.
    package private(set) var failures: [Failure] = []
    package private(set) var direct: [Direct] = []

    package init(
        _ situation: Situation,
        issues: [String: Issue],
        groups: [String: NotificationGroup],
    ) {
        self.situation = situation
        self.issues = issues
        self.groups = groups
        silences = situation.silences.map { ($0, $0.conditions) }
    }

    /// The policy that leaves the failure out; nil when none does.
    package static func ignoring(
        _ failure: Failure,
        _ definition: AlertingDefinition,
    ) -> AlertingDefinition.Ignore? {
        let labels = Labels(failure, issue: nil)
        return definition.ignore.first { labels.match($0.match) }
    }

    /// The groups' names are a rung and a digest of whom it tells and the labels' values.
    ///
    /// - Parameter digest: hex SHA-256.
    package static func groupID(
        _ failure: Failure,
        _ labels: Labels,
        _ rung: Rung,
        by groupBy: [AlertLabel],
        digest: ([UInt8]) -> String,
    ) -> String {
        var parts = [rung.rawValue]
        if rung == .instance {
            parts.append(failure.instance?.description ?? "")
            parts.append(failure.solution ?? "")
        }
        for label in groupBy { parts.append("\(label.rawValue)=\(labels[label])") }
        let bytes = Array(parts.map { "\($0.utf8.count):\($0)" }.joined(separator: ";").utf8)
        return "grp_\(digest(bytes).prefix(40))"
    }

    // MARK: One failure

    /// Takes a failure whose fingerprint is set.
    ///
    /// - Parameters:
    ///   - rungs: where its alerts begin.
    ///   - newID: makes the name of a new issue.
    ///   - digest: hex SHA-256.
    package mutating func take(
        _ failure: Failure,
        rungs: [Rung],
        newID: () -> ObjectID,
        digest: ([UInt8]) -> String,
    ) {
        var failure = failure
        if let policy = Self.ignoring(failure, situation.definition) {
            failure.disposition = .ignored(policy: policy.name)
            failure.suppressed = "ignored by \(policy.name)"
            failures.append(failure)
            return
        }
        let fingerprint = failure.fingerprint ?? ""
        var issue: Issue
        if var known = issues[fingerprint] {
            known.add(failure)
            issue = known
        } else {
            issue = Issue(id: newID(), failure, fingerprint: fingerprint)
        }
        issue.refreshMark(at: situation.now)
        issues[fingerprint] = issue
        changedIssues.insert(fingerprint)
        failure.disposition = .issue(issue.id)
        let labels = Labels(failure, issue: issue)
        if let reason = suppression(of: failure, labels, issue) {
            failure.suppressed = reason
        } else {
            alert(&failure, labels, issue, rungs, digest)
        }
        failures.append(failure)
    }

    private mutating func alert(
        _ failure: inout Failure,
        _ labels: Labels,
        _ issue: Issue,
        _ rungs: [Rung],
        _ digest: ([UInt8]) -> String,
    ) {
        for rung in rungs {
            guard let grouping = grouping(rung), let groupBy = grouping.groupBy else {
                direct.append(Direct(failure: failure, rung: rung))
                continue
            }
            let id = Self.groupID(failure, labels, rung, by: groupBy, digest: digest)
            var group =
                groups[id]
                ?? NotificationGroup(
                    id: id,
                    rung: rung,
                    labels: Dictionary(
                        uniqueKeysWithValues: groupBy.map { ($0.rawValue, labels[$0]) }
                    ),
                    of: failure,
                    issue: groupBy.contains(.issue) ? issue.id : nil,
                )
            group.add(failure, grouping, at: situation.now)
            groups[id] = group
            changedGroups.insert(id)
            failure.suppressed = "grouped in \(id)"
        }
    }

    /// How alerts on the rung are gathered; a dead letter is never put off.
    package func grouping(_ rung: Rung) -> AlertingDefinition.Grouping? {
        situation.definition.grouping(rung)
    }

    /// Why nobody is told of it apart from its issue.
    private func suppression(of failure: Failure, _ labels: Labels, _ issue: Issue) -> String? {
        if failure.alert != nil { return "its alert climbs by itself" }
        if issue.state == .muted { return "the issue is muted" }
        if issue.state == .acknowledged { return "the issue is acknowledged" }
        for (silence, conditions) in silences where labels.match(conditions) {
            return "silenced by \(silence.id)"
        }
        for rule in Self.inhibitions + situation.definition.inhibit
        where labels.match(rule.target) {
            for source in situation.openIssues
            where source[.issue] != labels[.issue] && source.match(rule.source)
                && rule.equal.allSatisfy({ source[$0] == labels[$0] })
            {
                return "inhibited by \(source[.issue])"
            }
        }
        return nil
    }

    /// While an instance's connection is known to be broken, its executions that fail by it are
    /// told to nobody: the connection's own failure was.
    private static let inhibitions: [AlertingDefinition.Inhibition] = {
        do throws(RegexError) {
            return [
                AlertingDefinition.Inhibition(
                    source: [
                        try LabelMatcher(.kind, .equal, Failure.Kind.authentication.rawValue)
                    ],
                    target: [
                        try LabelMatcher(.kind, .equal, Failure.Kind.execution.rawValue),
                        try LabelMatcher(.type, .equal, ProblemType.authentication.rawValue),
                    ],
                    equal: [.instance, .connector],
                )
            ]
        } catch {
            return []
        }
    }()
}

extension AlertingDefinition {
    package func grouping(_ rung: Rung) -> Grouping? {
        switch rung {
        case .instance: instance
        case .account: account
        case .deadLetter: nil
        }
    }
}
