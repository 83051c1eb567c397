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

    /// Of the error plane.
    static func make(_ statistics: AlertingStatistics) -> String {
        var text = ""
        func family(_ name: String, _ help: String, _ rows: [(labels: String, value: String)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) gauge\n"
            for row in rows { text += "\(name)\(row.labels) \(row.value)\n" }
        }
        func seconds(_ milliseconds: Int64) -> String {
            let rest = "\(1_000 + milliseconds % 1_000)".dropFirst()
            return "\(milliseconds / 1_000).\(rest)"
        }
        family(
            "backstop_alerts",
            "Alerts that are not delivered.",
            statistics.alerts.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { ("{state=\"\($0.key.rawValue)\"}", "\($0.value)") },
        )
        family(
            "backstop_issues",
            "Issues that are not resolved.",
            statistics.issues.sorted { $0.key.rawValue < $1.key.rawValue }
                .map { ("{state=\"\($0.key.rawValue)\"}", "\($0.value)") },
        )
        family("backstop_alert_groups", "Groups of failures.", [("", "\(statistics.groups)")])
        family(
            "backstop_silences",
            "Silences that are not over.",
            [("", "\(statistics.activeSilences)")],
        )
        family(
            "backstop_triage_lag_seconds",
            "How long the oldest failure has waited for its disposition.",
            [("", seconds(statistics.triageLag.milliseconds))],
        )
        family(
            "backstop_alert_lag_seconds",
            "How long the oldest alert has waited to be sent.",
            [("", seconds(statistics.deliveryLag.milliseconds))],
        )
        if let last = statistics.lastRound {
            family(
                "backstop_alerting_round_timestamp_seconds",
                "When the last round of the error plane began.",
                [("", seconds(last.milliseconds))],
            )
        }
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
