import Definitions
import Model

extension AlertingDefinition {
    /// Every setting, as it takes effect.
    var facts: JSONValue {
        [
            "instance": instance.facts, "account": account.facts,
            "ignore": .array(
                ignore.map { ["name": .string($0.name), "match": Self.facts($0.match)] }
            ),
            "inhibit": .array(
                inhibit.map { rule in
                    [
                        "source": Self.facts(rule.source), "target": Self.facts(rule.target),
                        "equal": .array(rule.equal.map { .string($0.rawValue) }),
                    ]
                }
            ),
        ]
    }

    private static func facts(_ matchers: [LabelMatcher]) -> JSONValue {
        .object(JSONObject(matchers.map { ($0.label.rawValue, .string($0.text)) }))
    }
}

extension AlertingDefinition.Grouping {
    fileprivate var facts: JSONValue {
        var object = JSONObject()
        object["group_by"] =
            groupBy.map { .array($0.map { .string($0.rawValue) }) } ?? .string("failure")
        object["group_wait"] = .string(groupWait.description)
        object["group_interval"] = .string(groupInterval.description)
        object["repeat_interval"] = .string(repeatInterval?.description ?? "0s")
        switch threshold {
        case nil: break
        case .inARow(let count)?: object["threshold"] = ["in_a_row": .integer(Int64(count))]
        case .rate(let count, let within)?:
            object["threshold"] = [
                "rate": .integer(Int64(count)), "within": .string(within.description),
            ]
        }
        object["send_resolved"] = .bool(sendsResolved)
        return .object(object)
    }
}
