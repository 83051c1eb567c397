import Embedding
import Engine
import Model

/// Members that bodies about instances have in common.
enum InstanceBody {
    /// Characters of an end user's id, or of `ext:` and its external id.
    static let userLength = 1...260
    /// What makes an instance.
    static let members: Set<String> = [
        "end_user", "solution", "version", "name", "config", "auth", "enable",
    ]
    /// The most slots that one body names.
    static let slots = 100

    static func config(_ body: RequestBody) throws(Problem) -> JSONObject {
        try body.object("config", limit: RequestBody.configLimit)
    }

    /// The authentications of slots.
    static func auth(_ body: RequestBody) throws(Problem) -> [String: ObjectID] {
        var result: [String: ObjectID] = [:]
        let given = try body.object("auth", limit: RequestBody.configLimit)
        for (slot, value) in try slots(given, of: "auth") {
            guard let value else { throw wrong("auth/\(slot)") }
            result[slot] = value
        }
        return result
    }

    /// Slots with an authentication each, or null.
    static func slots(
        _ object: JSONObject,
        of name: String,
    ) throws(Problem) -> [(slot: String, id: ObjectID?)] {
        guard object.count <= slots else {
            throw RequestBody.wrong(name, "it names \(slots) slots at most")
        }
        var result: [(slot: String, id: ObjectID?)] = []
        for (slot, value) in object {
            if value.isNull {
                result.append((slot, nil))
                continue
            }
            guard let id = value.stringValue.flatMap({ ObjectID(.authentication, $0) }) else {
                throw wrong("\(name)/\(slot)")
            }
            result.append((slot, id))
        }
        return result
    }

    private static func wrong(_ path: String) -> Problem {
        RequestBody.wrong(path, "it is an authentication's id")
    }
}
