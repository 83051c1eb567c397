import Model

/// `alerting:` of backstop.yaml: what becomes of failures besides the way up the ladder.
package struct AlertingDefinition: Sendable {
    /// How the alerts of one rung are gathered. The words are Alertmanager's.
    package struct Grouping: Sendable, Hashable {
        /// Failures with the same values are one group; nil: each failure is an alert of its own.
        package var groupBy: [AlertLabel]?
        /// From a group's first failure to its first alert.
        package var groupWait: TimeSpan
        /// From an alert to the next one when more failures came.
        package var groupInterval: TimeSpan
        /// From an alert to the next one when nothing new came and nothing recovered; nil: never.
        package var repeatInterval: TimeSpan?
        package var threshold: Threshold?
        /// Whether a group that recovered is told so.
        package var sendsResolved: Bool

        package init(
            groupBy: [AlertLabel]?,
            groupWait: TimeSpan = TimeSpan(milliseconds: 10_000),
            groupInterval: TimeSpan = TimeSpan(milliseconds: 300_000),
            repeatInterval: TimeSpan? = TimeSpan(milliseconds: 4 * 3_600_000),
            threshold: Threshold? = nil,
            sendsResolved: Bool = true,
        ) {
            self.groupBy = groupBy
            self.groupWait = groupWait
            self.groupInterval = groupInterval
            self.repeatInterval = repeatInterval
            self.threshold = threshold
            self.sendsResolved = sendsResolved
        }
    }

    /// How much must have failed before anybody is told.
    package enum Threshold: Sendable, Hashable {
        /// So many in a row without a success of the workflow in between.
        case inARow(Int)
        /// So many within the time.
        case rate(Int, within: TimeSpan)
    }

    /// A named policy: what it matches is no issue and no alert.
    package struct Ignore: Sendable {
        package var name: String
        package var match: [LabelMatcher]

        package init(name: String, match: [LabelMatcher]) {
            self.name = name
            self.match = match
        }
    }

    /// While an issue that matches `source` is open, failures that match `target`, and have equal
    /// values of the labels, are told to nobody.
    package struct Inhibition: Sendable {
        package var source: [LabelMatcher]
        package var target: [LabelMatcher]
        package var equal: [AlertLabel]

        package init(source: [LabelMatcher], target: [LabelMatcher], equal: [AlertLabel]) {
            self.source = source
            self.target = target
            self.equal = equal
        }
    }

    package var instance: Grouping
    package var account: Grouping
    package var ignore: [Ignore]
    package var inhibit: [Inhibition]

    /// Each failure of an instance is told; the account hears of issues.
    package init(
        instance: Grouping = Grouping(groupBy: nil),
        account: Grouping = Grouping(groupBy: [.issue]),
        ignore: [Ignore] = [],
        inhibit: [Inhibition] = [],
    ) {
        self.instance = instance
        self.account = account
        self.ignore = ignore
        self.inhibit = inhibit
    }
}

/// What failures are told apart by, in grouping, silences, inhibition and policies.
package enum AlertLabel: String, Sendable, Hashable, CaseIterable {
    case type, solution, workflow, instance, user, connector, operation, step, actor, kind, issue
}

/// One condition on a label. A label that a failure does not have is the empty text.
package struct LabelMatcher: Sendable {
    package enum Comparison: String, Sendable, Hashable, CaseIterable {
        case equal = "="
        case unequal = "!="
        /// The whole value matches the expression.
        case matches = "=~"
        case matchesNot = "!~"
    }

    package let label: AlertLabel
    package let comparison: Comparison
    package let value: String
    private let regex: LinearRegex?

    /// - Throws: when the value is to be an expression and is none.
    package init(_ label: AlertLabel, _ comparison: Comparison, _ value: String) throws(RegexError)
    {
        self.label = label
        self.comparison = comparison
        self.value = value
        switch comparison {
        case .equal, .unequal: regex = nil
        case .matches, .matchesNot: regex = try LinearRegex("^(?:\(value))$", options: .strictEnd)
        }
    }

    /// As it is written in a project: `x` equal, `!x` not, `~x` matches, `!~x` does not.
    package init(_ label: AlertLabel, text: String) throws(RegexError) {
        if text.hasPrefix("!~") {
            try self.init(label, .matchesNot, String(text.dropFirst(2)))
        } else if text.hasPrefix("~") {
            try self.init(label, .matches, String(text.dropFirst(1)))
        } else if text.hasPrefix("!") {
            try self.init(label, .unequal, String(text.dropFirst(1)))
        } else {
            try self.init(label, .equal, text)
        }
    }

    /// What ``init(_:text:)`` reads.
    package var text: String {
        switch comparison {
        case .equal: value
        case .unequal: "!\(value)"
        case .matches: "~\(value)"
        case .matchesNot: "!~\(value)"
        }
    }

    package func holds(_ given: String) -> Bool {
        switch comparison {
        case .equal: given == value
        case .unequal: given != value
        case .matches: isMatch(given)
        case .matchesNot: !isMatch(given)
        }
    }

    private func isMatch(_ given: String) -> Bool {
        regex?.matches(given) ?? false
    }
}
