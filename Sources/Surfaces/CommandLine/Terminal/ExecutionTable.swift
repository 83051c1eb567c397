import Model

/// A page of executions as columns.
enum ExecutionTable {
    static func show(_ page: JSONValue, _ terminal: Terminal) {
        let rows = page["executions"]?.arrayValue ?? []
        guard !rows.isEmpty else { return terminal.out("no executions") }
        var table = [["ID", "WORKFLOW", "STATUS", "CREATED", "CORRELATION ID"]]
        for row in rows {
            table.append([
                row["id"]?.stringValue ?? "", name(row),
                row["reason"]?.stringValue ?? row["status"]?.stringValue ?? "",
                row["created_at"]?.stringValue ?? "", row["correlation_id"]?.stringValue ?? "",
            ])
        }
        for line in aligned(table, terminal) { terminal.out(line) }
        if let cursor = page["next_cursor"]?.stringValue {
            terminal.out(terminal.styled("more: --cursor \(cursor)", .dim))
        }
    }

    static func name(_ row: JSONValue) -> String {
        let workflow = row["workflow"]?.stringValue ?? ""
        return row["solution"]?.stringValue.map { "\($0)/\(workflow)" } ?? workflow
    }

    /// The status column is coloured; widths are counted without colours.
    static func aligned(_ table: [[String]], _ terminal: Terminal) -> [String] {
        let columns = table.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            table.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return table.enumerated().map { index, row in
            row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
                let style: Terminal.Style? =
                    index == 0 ? .bold : column == 2 ? StatusColour.of(cell) : nil
                return (style.map { terminal.styled(cell, $0) } ?? cell) + padding
            }.joined(separator: "  ")
        }
    }
}

/// The colour of a status or reason.
enum StatusColour {
    static func of(_ word: String) -> Terminal.Style {
        switch word {
        case "succeeded", "handled", "healthy": .green
        case "queued", "running", "waiting": .cyan
        case "cancelled", "degraded": .yellow
        default: .red
        }
    }
}
