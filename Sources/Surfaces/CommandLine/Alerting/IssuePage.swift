import Model

/// Issues for people: with a spark line of their last 24 hours.
enum IssuePage {
    static func list(_ page: JSONValue, _ terminal: Terminal) {
        let issues = page["issues"]?.arrayValue ?? []
        guard !issues.isEmpty else { return terminal.out("no issues") }
        for issue in issues { terminal.out(line(issue, terminal)) }
        if let cursor = page["next_cursor"]?.stringValue {
            terminal.out(terminal.styled("more: --cursor \(cursor)", .dim))
        }
    }

    private static func line(_ issue: JSONValue, _ terminal: Terminal) -> String {
        let state = issue["state"]?.stringValue ?? ""
        let mark = issue["mark"]?.stringValue ?? ""
        let count = issue["count"]?.integerValue ?? 0
        let instances = issue["instances"]?.objectValue?.count ?? 0
        return [
            issue["id"]?.stringValue ?? "",
            terminal.styled(padded("\(state) \(mark)", 22), colour(state)),
            spark(issue), padded("\(count)x in \(instances)", 14), name(issue),
            issue["problem"]?["detail"]?.stringValue ?? issue["title"]?.stringValue ?? "",
        ].joined(separator: "  ")
    }

    static func show(_ issue: JSONValue, _ terminal: Terminal) {
        terminal.out(line(issue, terminal))
        let problem = issue["problem"]
        for (title, value) in [
            ("type", problem?["type"]), ("step", problem?["step"]), ("actor", problem?["actor"]),
            ("action", problem?["action"]), ("first seen", issue["first_seen"]),
            ("last seen", issue["last_seen"]), ("last failure", issue["last_failure"]),
            ("assignee", issue["assignee"]), ("muted until", issue["muted_until"]),
            ("resolved", issue["resolved_by"]),
        ] {
            guard let text = value?.stringValue else { continue }
            terminal.out("  \(terminal.styled(padded(title, 14), .dim))\(text)")
        }
        for (instance, hit) in issue["instances"]?.objectValue ?? [:] {
            let isFiring = hit["firing"]?.boolValue ?? false
            let words = isFiring ? "fails since" : "well again since"
            terminal.out(
                "  \(padded(instance.isEmpty ? "the account" : instance, 20))"
                    + " \(hit["count"]?.integerValue ?? 0)x, last"
                    + " \(hit["last_seen"]?.stringValue ?? "") (\(isFiring ? words : "recovered"))"
            )
        }
        for note in issue["notes"]?.arrayValue ?? [] {
            terminal.out(
                "  \(note["at"]?.stringValue ?? "") \(note["author"]?.stringValue ?? ""):"
                    + " \(note["text"]?.stringValue ?? "")"
            )
        }
    }

    /// One block for each hour, oldest first.
    static func spark(_ issue: JSONValue) -> String {
        let counts = (issue["occurrences"]?["hourly"]?.arrayValue ?? []).map {
            $0.integerValue ?? 0
        }
        let most = max(1, counts.max() ?? 1)
        let blocks = Array("▁▂▃▄▅▆▇█")
        return String(
            counts.map { count in
                count == 0 ? "·" : blocks[Int((count * Int64(blocks.count - 1)) / most)]
            }
        )
    }

    private static func name(_ issue: JSONValue) -> String {
        [issue["solution"]?.stringValue, issue["workflow"]?.stringValue].compactMap(\.self)
            .joined(separator: "/")
    }

    private static func colour(_ state: String) -> Terminal.Style {
        switch state {
        case "open": .red
        case "acknowledged": .yellow
        case "muted": .dim
        default: .green
        }
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
