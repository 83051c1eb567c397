import Model

/// What became of many instances, over all pages.
struct BulkSummary {
    private var counts: [String: Int64] = [:]
    private var missing: [String: Int64] = [:]
    private var refused: [JSONValue] = []
    /// By pointer: the change, and how many instances have which kind of value.
    private var slots: [String: (change: String, values: [String: Int64])] = [:]

    /// The words of the summaries of upgrades and of switches, in their order.
    private static let words = [
        "total", "ready", "changed", "unchanged", "blocked", "refused",
    ]

    var hasRefusals: Bool { !refused.isEmpty }

    mutating func add(_ page: JSONValue) {
        for word in Self.words {
            if let count = page[word]?.integerValue { counts[word, default: 0] += count }
        }
        for (pointer, count) in page["missing"]?.objectValue ?? [:] {
            missing[pointer, default: 0] += count.integerValue ?? 0
        }
        for (pointer, slot) in page["slots"]?.objectValue ?? [:] {
            var known = slots[pointer] ?? (slot["change"]?.stringValue ?? "", [:])
            for (value, count) in slot["values"]?.objectValue ?? [:] {
                known.values[value, default: 0] += count.integerValue ?? 0
            }
            slots[pointer] = known
        }
        refused += page["blocked_instances"]?.arrayValue ?? []
        refused += page["refused_instances"]?.arrayValue ?? []
    }

    func show(_ format: OutputFormat, _ terminal: Terminal) {
        guard format == .human else {
            terminal.out(JSONWriter.string(json, pretty: true))
            return
        }
        terminal.out(
            Self.words.compactMap { word in counts[word].map { "\($0) \(word)" } }
                .joined(separator: ", ")
        )
        for (pointer, slot) in slots.sorted(by: { $0.key < $1.key }) {
            let values = slot.values.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            terminal.out("  \(pointer) \(slot.change): \(values.joined(separator: ", "))")
        }
        for refusal in refused { terminal.out(Self.line(refusal)) }
    }

    private static func line(_ refusal: JSONValue) -> String {
        let missing = refusal["missing"]?.arrayValue?.compactMap(\.stringValue) ?? []
        let reason =
            missing.isEmpty
            ? refusal["detail"]?.stringValue ?? "" : "lacks \(missing.joined(separator: ", "))"
        let id = refusal["instance"]?.stringValue ?? ""
        let user = refusal["end_user"]?.stringValue ?? ""
        return "! \(id) of \(user): \(reason) (\(refusal["code"]?.stringValue ?? ""))"
    }

    /// For a program.
    var json: JSONValue {
        var object = JSONObject()
        for word in Self.words { object[word] = counts[word].map(JSONValue.integer) }
        object["missing"] = .object(
            JSONObject(missing.sorted { $0.key < $1.key }.map { ($0.key, .integer($0.value)) })
        )
        object["slots"] = .object(
            JSONObject(
                slots.sorted { $0.key < $1.key }.map { pointer, slot in
                    let values = slot.values.sorted { $0.key < $1.key }
                    return (
                        pointer,
                        [
                            "change": .string(slot.change),
                            "values": .object(
                                JSONObject(values.map { ($0.key, .integer($0.value)) })
                            ),
                        ],
                    )
                }
            )
        )
        object["instances"] = .array(refused)
        return .object(object)
    }
}
