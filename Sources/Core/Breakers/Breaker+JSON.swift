import Embedding
import Model

extension Breaker {
    package var json: JSONValue {
        var object = JSONObject()
        object["state"] = .string(name)
        if let opening {
            object["reason"] = .string(opening.reason.rawValue)
            object["since"] = .time(opening.since)
            object["until"] = .time(opening.until)
            object["times"] = .integer(Int64(opening.times))
        }
        if case .halfOpen(_, let probing) = state {
            object["keeper"] = .integer(probing.keeper)
            object["probe_until"] = .time(probing.until)
        }
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue, let name = object.get("state", \.stringValue) else {
            return nil
        }
        if name == "closed" {
            self.init()
            return
        }
        guard let reason = object.get("reason", { $0.word(ProblemType.self) }),
            let since = object.get("since", \.timeValue),
            let until = object.get("until", \.timeValue),
            let times = object.get("times", \.countValue)
        else { return nil }
        let opening = Opening(reason: reason, since: since, until: until, times: times)
        switch name {
        case "open": self.init(.open(opening))
        case "half_open":
            guard let keeper = object.get("keeper", \.integerValue),
                let probeUntil = object.get("probe_until", \.timeValue)
            else { return nil }
            self.init(.halfOpen(opening, Probing(keeper: keeper, until: probeUntil)))
        default: return nil
        }
    }
}
