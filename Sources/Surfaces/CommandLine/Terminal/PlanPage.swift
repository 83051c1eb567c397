import Model

/// A plan, with the colours of its signs.
enum PlanPage {
    static func show(_ plan: JSONValue, _ terminal: Terminal) {
        let text = plan["text"]?.stringValue ?? ""
        for line in text.split(separator: "\n") {
            terminal.out(styled(String(line), terminal))
        }
    }

    private static func styled(_ line: String, _ terminal: Terminal) -> String {
        switch line.first(where: { $0 != " " }) {
        case "+": terminal.styled(line, .green)
        case "~": terminal.styled(line, .yellow)
        case "-", "!": terminal.styled(line, .red)
        default: line
        }
    }
}
