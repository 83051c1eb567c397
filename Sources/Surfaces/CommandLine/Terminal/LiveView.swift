import Engine
import Model

/// Shows an execution's steps while they run: on a terminal the running ones stay at the bottom
/// with their time, elsewhere each line is written once.
struct LiveView: Sendable {
    let terminal: Terminal
    let clock: any EngineClock

    /// Follows the updates to their end and gives the finished execution.
    func follow(_ updates: AsyncStream<ExecutionUpdate>) async -> ExecutionView? {
        var lines = StepLines(terminal: terminal)
        var shown = 0
        var end: ExecutionView?
        for await update in merged(updates) {
            var text = eraser(of: shown)
            if let update {
                for line in lines.take(update) { text += line + "\n" }
                if case .finished(let view) = update { end = view }
            }
            shown = terminal.isLive ? lines.active.count : 0
            if terminal.isLive { text += activeLines(lines.active) }
            terminal.raw(text)
            if end != nil { break }
        }
        return end
    }

    private func eraser(of lines: Int) -> String {
        lines == 0 ? "" : "\u{1b}[\(lines)A\u{1b}[J"
    }

    private func activeLines(_ active: [StepLines.Active]) -> String {
        let now = clock.now().milliseconds
        let frames = Array("⠋⠙⠹⠸⠼⠴⠦⠧")
        return active.map { step in
            let span = max(0, now - step.startedAt.milliseconds)
            let frame = frames[Int(span / 100) % frames.count]
            return "  \(terminal.styled(String(frame), .cyan)) \(step.label) \(span) ms\n"
        }.joined()
    }

    /// The updates, and on a terminal a nil ten times a second for the running times.
    private func merged(_ updates: AsyncStream<ExecutionUpdate>) -> AsyncStream<ExecutionUpdate?> {
        AsyncStream { continuation in
            let isLive = terminal.isLive
            // tidy: ends with the stream it feeds; cancelled by its termination.
            let feed = Task {
                for await update in updates { continuation.yield(update) }
                continuation.finish()
            }
            // tidy: ends with the stream it feeds, as the one above.
            let ticks = Task { [clock] in
                while isLive {
                    let next = Timestamp(milliseconds: clock.now().milliseconds + 100)
                    do { try await clock.sleep(until: next) } catch { return }
                    continuation.yield(nil)
                }
            }
            continuation.onTermination = { _ in
                feed.cancel()
                ticks.cancel()
            }
        }
    }
}
