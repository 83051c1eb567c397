import Model

extension ConnectorSpec {
    /// The reference of some connectors as Markdown: one table each, generated so that it cannot
    /// differ from what they declare.
    public static func markdown(_ specs: [ConnectorSpec]) -> String {
        specs.map(\.markdown).joined(separator: "\n\n")
    }

    private var markdown: String {
        var lines = ["### `\(name)`: \(title)", summary, ""]
        lines.append("| Operation | What it does | Side effect | Idempotency | Problems | Limits |")
        lines.append("|---|---|---|---|---|---|")
        for operation in operations {
            let problems =
                operation.problems.count == ProblemType.allCases.count
                ? "any" : operation.problems.map { $0.rawValue }.sorted().joined(separator: " ")
            let limits = [
                operation.limits.isEmpty ? nil : operation.limits, "attempt \(operation.timeout)",
            ].compactMap { $0 }.joined(separator: "; ")
            let cells = [
                "`\(name).\(operation.name)`", operation.summary, operation.sideEffect.rawValue,
                operation.idempotency.rawValue, problems, limits,
            ]
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }
}
