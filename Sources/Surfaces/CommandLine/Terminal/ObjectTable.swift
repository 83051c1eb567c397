import Model

/// Objects of the API for people: a table of a list, lines of one.
enum ObjectTable {
    /// - Parameter columns: names of members; `a.b` goes into an object.
    static func show(
        _ page: JSONValue,
        _ name: String,
        _ columns: [String],
        _ terminal: Terminal,
    ) {
        let rows = (page[name]?.arrayValue ?? []).map { object in
            columns.map { cell(object, $0) }
        }
        guard !rows.isEmpty else {
            terminal.out("none")
            return
        }
        let heads = columns.map { $0.uppercased().replacing("_", with: " ") }
        let widths = columns.indices.map { column in
            ([heads] + rows).map { $0[column].count }.max() ?? 0
        }
        terminal.out(terminal.styled(line(heads, widths), .bold))
        for row in rows { terminal.out(line(row, widths)) }
        if let cursor = page["next_cursor"]?.stringValue {
            terminal.out(terminal.styled("more: --cursor \(cursor)", .dim))
        }
    }

    /// Every member in a line of its own.
    static func show(_ object: JSONValue, _ terminal: Terminal) {
        let members = object.objectValue ?? [:]
        let width = members.keys.map(\.count).max() ?? 0
        for (name, value) in members {
            let title = name + String(repeating: " ", count: width - name.count)
            terminal.out("\(terminal.styled(title, .dim))  \(text(value))")
        }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (cell, width) in zip(cells, widths) {
            line += cell + String(repeating: " ", count: width - cell.count + 2)
        }
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func cell(_ object: JSONValue, _ column: String) -> String {
        let value = column.split(separator: ".").reduce(JSONValue?.some(object)) { value, name in
            value?[String(name)]
        }
        let text = value.map(Self.text) ?? ""
        return text.count <= 60 ? text : text.prefix(59) + "…"
    }

    private static func text(_ value: JSONValue) -> String {
        value.stringValue ?? JSONWriter.string(value)
    }
}

extension ServerOptions {
    /// One object, as the format says.
    func show(_ object: JSONValue) {
        let terminal = Terminal()
        if format == .json {
            terminal.out(JSONWriter.string(object, pretty: true))
        } else {
            ObjectTable.show(object, terminal)
        }
    }

    /// A page of a list.
    func show(_ page: JSONValue, _ name: String, _ columns: [String]) {
        let terminal = Terminal()
        if format == .json {
            terminal.out(JSONWriter.string(page, pretty: true))
        } else {
            ObjectTable.show(page, name, columns, terminal)
        }
    }

    /// What is gone is told in a word.
    func showGone(_ what: String) {
        if format == .human { Terminal().out("\(what) is gone") }
    }
}
