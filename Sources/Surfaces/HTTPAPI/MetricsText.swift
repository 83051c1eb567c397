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
        add(statistics.connections, to: &text)
        return text
    }

    private static func add(_ connections: ConnectionCounters, to text: inout String) {
        func line(_ name: String, _ type: String, _ help: String, _ value: Int) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n\(name) \(value)\n"
        }
        let states = "backstop_connections"
        text += "# HELP \(states) Connections that are not healthy.\n# TYPE \(states) gauge\n"
        for (state, count) in [
            ("open", connections.open), ("half_open", connections.halfOpen),
            ("degraded", connections.degraded),
        ] { text += "\(states){state=\"\(state)\"} \(count)\n" }
        line("backstop_executions_parked", "gauge", "Wait for a connection.", connections.parked)
        for (name, help, value) in [
            ("breaker_trips", "Connections that broke.", connections.trips),
            ("breaker_recoveries", "Connections that work again.", connections.recoveries),
            ("attempts_parked", "Attempts held by a breaker.", connections.parkedTotal),
            ("attempts_delayed", "Attempts held by a learned rate.", connections.delayedTotal),
            ("executions_resumed", "Parked executions resumed.", connections.resumedTotal),
            (
                "parking_refused", "Steps failed as they could not be parked.",
                connections.refusedTotal,
            ),
        ] { line("backstop_\(name)_total", "counter", help, value) }
    }
}
