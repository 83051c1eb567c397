import Engine
import Model

/// What happens in an execution, as lines: a pure value, so that the view can be tested.
struct StepLines: Sendable {
    struct Active: Sendable, Hashable {
        var occurrence: String
        var label: String
        var startedAt: Timestamp
    }

    let terminal: Terminal
    private(set) var active: [Active] = []

    init(terminal: Terminal) {
        self.terminal = terminal
    }

    /// The lines that an update adds for good; ``active`` is what is still going on.
    mutating func take(_ update: ExecutionUpdate) -> [String] {
        switch update {
        case .stepStarted(let id, let occurrence, let kind, let attempt, let at):
            let again = attempt > 1 ? " attempt \(attempt)" : ""
            active.append(
                Active(
                    occurrence: occurrence,
                    label: label(id, occurrence, kind) + again,
                    startedAt: at,
                )
            )
            return []
        case .stepFinished(let id, let occurrence, let kind, let attempt):
            active.removeAll { $0.occurrence == occurrence }
            return [line(id, occurrence, kind, attempt)]
        case .retryScheduled(let id, let occurrence, let at):
            return [
                "  " + terminal.styled("↻", .yellow)
                    + " \(id ?? occurrence) is tried again at \(at)"
            ]
        case .waiting(let until):
            let text = until.map { "waiting until \($0)" } ?? "waiting"
            return ["  " + terminal.styled("… \(text)", .dim)]
        case .replied(let reply):
            let colour: Terminal.Style = reply.status < 400 ? .green : .yellow
            return ["  " + terminal.styled("↩ replied \(reply.status)", colour)]
        case .finished(let view):
            active = []
            return finish(view)
        }
    }

    private func label(_ id: String?, _ occurrence: String, _ kind: String) -> String {
        "\(id ?? occurrence) " + terminal.styled(kind, .dim)
    }

    private func line(
        _ id: String?,
        _ occurrence: String,
        _ kind: String,
        _ attempt: AttemptView,
    ) -> String {
        let span = TimeSpan(
            milliseconds: max(
                0,
                attempt.finishedAt.milliseconds - attempt.startedAt.milliseconds,
            )
        )
        let time = terminal.styled("\(span.milliseconds) ms", .dim)
        guard let problem = attempt.problem else {
            return "  \(terminal.styled("✓", .green)) \(label(id, occurrence, kind)) \(time)"
        }
        let what = problem.detail ?? problem.title
        return "  \(terminal.styled("✗", .red)) \(label(id, occurrence, kind)) \(time)"
            + "\n      \(terminal.styled(problem.type.rawValue, .red)): \(what)"
    }

    private func finish(_ view: ExecutionView) -> [String] {
        guard let outcome = view.outcome else { return [] }
        let colour: Terminal.Style = outcome.reason.isSuccess ? .green : .red
        var lines = [
            terminal.styled("■ \(outcome.reason.rawValue)", colour)
                + " " + terminal.styled(view.head.id.description, .dim)
        ]
        if let problem = outcome.problem {
            lines.append("  \(problem.type.rawValue): \(problem.detail ?? problem.title)")
            if let path = problem.path { lines.append("  at \(path)") }
        }
        return lines
    }
}
