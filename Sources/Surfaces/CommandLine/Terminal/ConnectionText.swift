import Model

/// Connections as text.
enum ConnectionText {
    static func list(_ page: JSONValue, _ terminal: Terminal) {
        let rows = page["connections"]?.arrayValue ?? []
        guard !rows.isEmpty else { return terminal.out("no connections") }
        var table = [["ID", "SERVICE", "HEALTH", "PARKED", "SINCE", "NAME"]]
        for row in rows {
            table.append([
                row["id"]?.stringValue ?? "", row["service"]?.stringValue ?? "", health(row),
                "\(row["parked"]?.integerValue ?? 0)",
                row["health"]?["since"]?.stringValue ?? "", row["name"]?.stringValue ?? "",
            ])
        }
        for line in ExecutionTable.aligned(table, terminal) { terminal.out(line) }
        if let cursor = page["next_cursor"]?.stringValue {
            terminal.out(terminal.styled("more: --cursor \(cursor)", .dim))
        }
    }

    static func show(_ connection: JSONValue, _ format: OutputFormat) {
        let terminal = Terminal()
        guard format == .human else {
            return terminal.out(JSONWriter.string(connection, pretty: true))
        }
        let word = health(connection)
        terminal.out(
            terminal.styled("■ \(word)", StatusColour.of(word)) + " "
                + (connection["id"]?.stringValue ?? "")
        )
        for (title, value) in [
            ("service", connection["service"]), ("name", connection["name"]),
            ("since", connection["health"]?["since"]), ("message", connection["message"]),
            ("action", connection["action"]), ("parked", connection["parked"]),
            ("attempts per second", connection["attempts_per_second"]),
        ] {
            guard let value else { continue }
            let text = value.stringValue ?? JSONWriter.string(value)
            terminal.out("  \(terminal.styled(title, .dim)) \(text)")
        }
        for (scope, breaker) in connection["breakers"]?.objectValue ?? JSONObject() {
            let state = breaker["state"]?.stringValue ?? ""
            let words = [
                scope, state, breaker["reason"]?.stringValue,
                breaker["until"]?.stringValue.map { "probe from \($0)" },
            ]
            terminal.out("  \(words.compactMap { $0 }.joined(separator: " "))")
        }
    }

    private static func health(_ row: JSONValue) -> String {
        let state = row["health"]?["state"]?.stringValue ?? ""
        return row["health"]?["reason"]?.stringValue.map { "\(state): \($0)" } ?? state
    }
}
