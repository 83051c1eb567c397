import Model

/// What an execution's start is kept as: everything that its context is made from.
///
/// JSON with short keys, as it is written once for every execution: `t` trigger, `c` config,
/// `v` solution version, `i` instance, `u` end user, `a` alert. Secrets are never in it.
struct StartInput: Sendable {
    var trigger: JSONValue
    var config: JSONValue
    var solutionVersion: String?
    var instance: JSONValue = .null
    var user: JSONValue = .null
    var alert: AlertContext?

    func encoded() -> [UInt8] {
        var object = JSONObject()
        object["t"] = trigger
        if case .object(let members) = config, members.isEmpty {} else { object["c"] = config }
        object["v"] = solutionVersion.map(JSONValue.string)
        if !instance.isNull {
            object["i"] = instance
            object["u"] = user
        }
        object["a"] = alert?.json
        return JSONWriter.bytes(.object(object))
    }

    init(trigger: JSONValue, config: JSONValue, solutionVersion: String?) {
        self.trigger = trigger
        self.config = config
        self.solutionVersion = solutionVersion
    }

    /// Nil when the bytes are not what ``encoded()`` wrote.
    init?(_ bytes: [UInt8]) {
        guard case .success(.object(let object)) = Result(catching: { try JSONParser.parse(bytes) })
        else { return nil }
        trigger = object["t"] ?? .null
        config = object["c"] ?? .object(JSONObject())
        solutionVersion = object["v"]?.stringValue
        instance = object["i"] ?? .null
        user = object["u"] ?? .null
        alert = object["a"].flatMap(AlertContext.init(json:))
    }
}
