import Model

/// The stored form of an outcome with the reply: a JSON object with short keys. The output is left
/// out when it is the reply's body.
extension Outcome {
    package func encoded(reply: Reply?) -> [UInt8] { JSONWriter.bytes(json(reply: reply)) }

    package func json(reply: Reply?) -> JSONValue {
        var object = JSONObject()
        object["r"] = .string(reason.rawValue)
        if let reply {
            var words = JSONObject()
            words["s"] = .integer(Int64(reply.status))
            if !reply.headers.isEmpty {
                words["h"] = .object(
                    JSONObject(reply.headers.sorted { $0.key < $1.key }.map { ($0, .string($1)) })
                )
            }
            words["b"] = reply.body
            object["y"] = .object(words)
        }
        if output != reply?.body ?? .null { object["o"] = output }
        object["p"] = problem?.json
        return .object(object)
    }

    /// Nil unless the bytes are what ``encoded(reply:)`` writes. Of a document with withheld parts,
    /// what everybody may read.
    package static func decoded(_ bytes: [UInt8]) -> (outcome: Outcome, reply: Reply?)? {
        Event.document(bytes).flatMap { decoded(json: PartialDocument($0).value) }
    }

    package static func decoded(json: JSONValue) -> (outcome: Outcome, reply: Reply?)? {
        guard let object = json.objectValue,
            let reason = object["r"]?.stringValue.flatMap(ExecutionReason.init)
        else { return nil }
        var reply: Reply?
        if let words = object["y"]?.objectValue, let status = words["s"]?.integerValue {
            var headers: [String: String] = [:]
            for entry in words["h"]?.objectValue ?? JSONObject() {
                headers[entry.key] = entry.value.stringValue
            }
            reply = Reply(status: Int(status), headers: headers, body: words["b"])
        }
        let outcome = Outcome(
            reason: reason,
            output: object["o"] ?? reply?.body ?? .null,
            problem: object["p"].flatMap(Problem.init(json:)),
        )
        return (outcome, reply)
    }
}
