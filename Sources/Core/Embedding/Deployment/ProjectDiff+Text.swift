import Model

extension ProjectDiff {
    /// The longest that a value is shown.
    private static let width = 72

    /// The plan for a terminal: `+` is made, `~` is changed, `-` is taken away.
    package var text: String {
        var lines: [String] = []
        for item in items where item.action != .unchanged {
            lines.append("\(item.action.sign) \(item.kind.rawValue) \(item.name)")
            for field in item.fields where !Self.isEmpty(field) {
                lines.append("    \(Self.line(field))")
            }
        }
        for problem in problems {
            lines.append("! \(problem.code ?? "") \(problem.detail ?? problem.title)")
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    package var summary: String {
        let counts =
            "\(count(.create)) to create, \(count(.update)) to update, "
            + "\(count(.destroy)) to destroy, \(count(.unchanged)) unchanged."
        if isEmpty { return "No changes: \(count(.unchanged)) unchanged." }
        return "Plan: " + counts
    }

    /// A new list or object with nothing in it says nothing to a person.
    private static func isEmpty(_ field: Field) -> Bool {
        guard field.old == nil, let new = field.new else { return false }
        return new.arrayValue?.isEmpty ?? new.objectValue?.isEmpty ?? false
    }

    private static func line(_ field: Field) -> String {
        switch (field.old, field.new) {
        case (nil, let new?): "+ \(field.path): \(shown(new, field))"
        case (let old?, nil): "- \(field.path): \(shown(old, field))"
        case (let old?, let new?):
            "~ \(field.path): \(shown(old, field)) -> \(shown(new, field))"
        case (nil, nil): "  \(field.path)"
        }
    }

    private static func shown(_ value: JSONValue, _ field: Field) -> String {
        if value == FieldDiff.sensitive { return "(sensitive)" }
        if field.path == "digest", let text = value.stringValue { return String(text.prefix(12)) }
        let text = JSONWriter.string(value)
        return text.count <= width ? text : text.prefix(width - 1) + "…"
    }

    /// The plan for a program; it holds no more than the text does.
    package var json: JSONValue {
        [
            "changes": .array(
                items.filter { $0.action != .unchanged }.map { item in
                    [
                        "action": .string(item.action.rawValue),
                        "kind": .string(item.kind.rawValue), "name": .string(item.name),
                        "fields": .array(item.fields.map(\.json)),
                    ]
                }
            ),
            "problems": .array(problems.map(\.json)),
            "summary": .object(
                JSONObject(
                    Action.allCases.map { ($0.rawValue, .integer(Int64(count($0)))) }
                )
            ),
        ]
    }
}

extension ProjectDiff.Action {
    fileprivate var sign: String {
        switch self {
        case .create: "+"
        case .update: "~"
        case .destroy: "-"
        case .unchanged: " "
        }
    }
}

extension ProjectDiff.Field {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["path"] = .string(path)
        object["old"] = old
        object["new"] = new
        return .object(object)
    }
}
