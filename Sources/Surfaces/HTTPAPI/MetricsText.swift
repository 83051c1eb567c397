import Engine
import Model

/// The statistics in Prometheus' text format 0.0.4.
enum MetricsText {
    static func make(_ statistics: EngineStatistics) -> String {
        var text = ""
        func gauge(_ name: String, _ help: String, _ value: Int) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n\(name) \(value)\n"
        }
        gauge("backstop_executions_queued", "Accepted and not begun.", statistics.queued)
        gauge("backstop_executions_running", "Running now.", statistics.running)
        gauge("backstop_executions_waiting", "In memory, waiting.", statistics.waiting)
        let started = "backstop_executions_started_total"
        text += "# HELP \(started) Accepted since the start.\n# TYPE \(started) counter\n"
        text += "\(started) \(statistics.startedTotal)\n"
        let finished = "backstop_executions_finished_total"
        text += "# HELP \(finished) Ended since the start.\n# TYPE \(finished) counter\n"
        for reason in ExecutionReason.allCases {
            let count = statistics.finishedByReason[reason] ?? 0
            text += "\(finished){reason=\"\(reason.rawValue)\"} \(count)\n"
        }
        return text
    }
}
