import Kernel
import Model

/// What an execution's start is kept as: everything that its context is made from.
///
/// JSON with short keys, as it is written once for every execution: `t` trigger, `c` config,
/// `v` solution version, `i` instance, `u` end user, `a` alert, `k` whose idempotency keys, `d` depth.
/// Secrets of the instance are never in it; those in what the caller sent are sealed
/// (``DocumentDoor``).
struct StartInput: Sendable {
    var trigger: JSONValue
    var config: JSONValue
    var solutionVersion: String?
    var instance: JSONValue = .null
    var user: JSONValue = .null
    var alert: AlertContext?
    /// The execution whose idempotency keys the attempts carry; nil: its own.
    var keysOf: ExecutionID?
    /// How many calls stand between it and what was not called.
    var depth = 0

    var json: JSONValue {
        var object = JSONObject()
        object["t"] = trigger
        if case .object(let members) = config, members.isEmpty {} else { object["c"] = config }
        object["v"] = solutionVersion.map(JSONValue.string)
        if !instance.isNull {
            object["i"] = instance
            object["u"] = user
        }
        object["a"] = alert?.json
        object["k"] = (keysOf?.description).map(JSONValue.string)
        if depth > 0 { object["d"] = .integer(Int64(depth)) }
        return .object(object)
    }

    init(trigger: JSONValue, config: JSONValue, solutionVersion: String?) {
        self.trigger = trigger
        self.config = config
        self.solutionVersion = solutionVersion
    }

    /// What everybody may read of the bytes that were written; nil when they are something else.
    init?(_ bytes: [UInt8]) {
        guard let json = Self.document(bytes) else { return nil }
        self.init(json: PartialDocument(json).value)
    }

    /// The bytes as JSON; nil when they are none.
    static func document(_ bytes: [UInt8]) -> JSONValue? { Event.document(bytes) }

    /// What its withheld parts are sealed for.
    static func context(_ id: ExecutionID) -> String { "execution:\(id):input" }

    init?(json: JSONValue) {
        guard let object = json.objectValue else { return nil }
        trigger = object["t"] ?? .null
        config = object["c"] ?? .object(JSONObject())
        solutionVersion = object["v"]?.stringValue
        instance = object["i"] ?? .null
        user = object["u"] ?? .null
        alert = object["a"].flatMap(AlertContext.init(json:))
        keysOf = object["k"]?.stringValue.flatMap { ExecutionID($0) }
        depth = Int(object["d"]?.integerValue ?? 0)
    }
}
