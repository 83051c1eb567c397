import Definitions
import Model

extension Reader {
    func alerting(_ node: SourceNode?) -> AlertingDefinition {
        var alerting = AlertingDefinition()
        guard let node else { return alerting }
        alerting.instance = grouping(node["instance"], over: alerting.instance)
        alerting.account = grouping(node["account"], over: alerting.account)
        for item in node["ignore"]?.elements ?? [] {
            guard let name = item["name"]?.string else { continue }
            alerting.ignore.append(
                AlertingDefinition.Ignore(name: name, match: matchers(item["match"]))
            )
        }
        for item in node["inhibit"]?.elements ?? [] {
            alerting.inhibit.append(
                AlertingDefinition.Inhibition(
                    source: matchers(item["source"]),
                    target: matchers(item["target"]),
                    equal: labels(item["equal"]),
                )
            )
        }
        return alerting
    }

    private func grouping(
        _ node: SourceNode?,
        over standard: AlertingDefinition.Grouping,
    ) -> AlertingDefinition.Grouping {
        var grouping = standard
        guard let node else { return grouping }
        if let by = node["group_by"] {
            grouping.groupBy = by.string == "failure" ? nil : labels(by)
        }
        grouping.groupWait = duration(node["group_wait"]) ?? grouping.groupWait
        grouping.groupInterval = duration(node["group_interval"]) ?? grouping.groupInterval
        if let again = duration(node["repeat_interval"]) {
            grouping.repeatInterval = again.milliseconds == 0 ? nil : again
        }
        if let count = integer(node["threshold"]?["in_a_row"]) {
            grouping.threshold = .inARow(count)
        } else if let count = integer(node["threshold"]?["rate"]),
            let within = duration(node["threshold"]?["within"])
        {
            grouping.threshold = .rate(count, within: within)
        }
        grouping.sendsResolved = node["send_resolved"]?.json.boolValue ?? grouping.sendsResolved
        return grouping
    }

    private func labels(_ node: SourceNode?) -> [AlertLabel] {
        (node?.elements ?? []).compactMap { $0.string.flatMap(AlertLabel.init(rawValue:)) }
    }

    /// In the order of their names; one that is no expression is a finding, and left out.
    private func matchers(_ node: SourceNode?) -> [LabelMatcher] {
        var matchers: [LabelMatcher] = []
        for member in node?.members ?? [] {
            guard let label = AlertLabel(rawValue: member.key), let text = member.value.string
            else { continue }
            do throws(RegexError) {
                matchers.append(try LabelMatcher(label, text: text))
            } catch {
                report(
                    .invalidPattern,
                    "\(member.key): \(error)",
                    member.value.place,
                )
            }
        }
        return matchers.sorted { $0.label.rawValue < $1.label.rawValue }
    }
}
