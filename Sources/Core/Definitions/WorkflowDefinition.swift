import Expressions
import Model

/// One workflow as it runs: parsed, checked, with every expression compiled.
///
/// Immutable after loading. An execution finishes on the definition it started with, which the
/// store keeps by ``digest``.
package struct WorkflowDefinition: Sendable {
    /// Unique in its solution; for account workflows, in the account.
    package var name: String
    /// The solution it belongs to; nil for an account workflow (`alerts/`).
    package var solution: String?
    package var title: String?
    package var trigger: TriggerDefinition
    package var steps: [Step]
    package var onError: ErrorHandler?
    /// Bounds the whole execution from its start; nil means the account's limit.
    package var timeout: TimeSpan?
    /// How many executions of this workflow may run at once in one instance; nil for no own limit.
    package var concurrency: Int?
    /// How many nodes ``Step/node`` counts: every step of every branch has an own number below it.
    package var nodeCount: Int
    /// Hex SHA-256 of the source text and the language version.
    package var digest: String
    /// The text of the workflow document alone, kept so that a later start can parse it again.
    package var source: String
    package var place: SourcePlace

    package init(
        name: String,
        solution: String? = nil,
        title: String? = nil,
        trigger: TriggerDefinition,
        steps: [Step],
        onError: ErrorHandler? = nil,
        timeout: TimeSpan? = nil,
        concurrency: Int? = nil,
        nodeCount: Int,
        digest: String = "",
        source: String = "",
        place: SourcePlace = SourcePlace(file: ""),
    ) {
        self.name = name
        self.solution = solution
        self.title = title
        self.trigger = trigger
        self.steps = steps
        self.onError = onError
        self.timeout = timeout
        self.concurrency = concurrency
        self.nodeCount = nodeCount
        self.digest = digest
        self.source = source
        self.place = place
    }
}
