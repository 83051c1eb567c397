import Model

/// One execution with its steps and attempts, as text.
enum ExecutionPage {
    static func show(_ execution: JSONValue, _ terminal: Terminal) {
        let word = execution["reason"]?.stringValue ?? execution["status"]?.stringValue ?? ""
        terminal.out(
            terminal.styled("■ \(word)", StatusColour.of(word)) + " "
                + (execution["id"]?.stringValue ?? "")
        )
        for (title, key) in [
            ("workflow", "workflow"), ("solution", "solution"), ("created", "created_at"),
            ("finished", "finished_at"), ("correlation id", "correlation_id"),
        ] {
            guard let value = execution[key]?.stringValue else { continue }
            terminal.out("  \(terminal.styled(title, .dim)) \(value)")
        }
        for parking in execution["parked"]?.arrayValue ?? [] {
            let words = [
                "waits for", parking["connection"]?.stringValue ?? "a connection", "since",
                parking["since"]?.stringValue ?? "", parking["reason"]?.stringValue ?? "",
            ]
            terminal.out("  \(terminal.styled("parked", .yellow)) \(words.joined(separator: " "))")
        }
        for step in execution["steps"]?.arrayValue ?? [] { show(step: step, terminal) }
        if let problem = execution["problem"], problem.objectValue != nil {
            terminal.out(terminal.styled("problem", .red))
            terminal.out(JSONWriter.string(problem, pretty: true))
        }
        if let output = execution["output"], output.objectValue != nil {
            terminal.out(terminal.styled("output", .bold))
            terminal.out(JSONWriter.string(output, pretty: true))
        }
    }

    private static func show(step: JSONValue, _ terminal: Terminal) {
        let state = step["state"]?.stringValue ?? ""
        let mark =
            switch state {
            case "succeeded": terminal.styled("✓", .green)
            case "failed": terminal.styled("✗", .red)
            default: terminal.styled("…", .cyan)
            }
        let name = step["id"]?.stringValue ?? step["occurrence"]?.stringValue ?? ""
        let kind = step["kind"]?.stringValue ?? ""
        terminal.out("  \(mark) \(name) \(terminal.styled(kind, .dim))")
        for attempt in step["attempts"]?.arrayValue ?? [] {
            guard let problem = attempt["problem"], problem.objectValue != nil else { continue }
            let number = attempt["attempt"]?.integerValue ?? 0
            let type = problem["type"]?.stringValue ?? ""
            let detail = problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? ""
            terminal.out("      attempt \(number): \(terminal.styled(type, .red)) \(detail)")
        }
    }
}

/// One server-sent event as a line.
enum EventLine {
    static func text(name: String, data: JSONValue, _ terminal: Terminal) -> String {
        let step = data["step"]?.stringValue ?? data["occurrence"]?.stringValue ?? ""
        let what = data["reason"]?.stringValue ?? data["kind"]?.stringValue ?? ""
        let time = data["at"]?.stringValue ?? ""
        return [terminal.styled(name, .bold), step, what, terminal.styled(time, .dim)]
            .filter { !$0.isEmpty }.joined(separator: " ")
    }
}
