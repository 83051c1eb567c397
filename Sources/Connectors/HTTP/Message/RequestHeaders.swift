import ConnectorKit
import Model
import NIOHTTP1

/// Puts the header fields of a request together.
struct RequestHeaders {
    private(set) var fields = HTTPHeaders()

    /// Fields that a workflow sets; null is left out.
    init(_ object: JSONObject) throws(RequestMistake) {
        var size = 0
        for (name, value) in object where !value.isNull {
            guard FieldRules.isName(name) else {
                throw RequestMistake("\"\(name.prefix(64))\" is no name of a header")
            }
            guard !FieldRules.reserved.contains(name.lowercased()) else {
                throw RequestMistake("the header \(name) is set by the client itself")
            }
            let text = QueryPairs.text(value)
            guard FieldRules.isValue(text) else {
                throw RequestMistake("the header \(name) holds a control character")
            }
            size += name.utf8.count + text.utf8.count
            fields.replaceOrAdd(name: name, value: text)
        }
        guard object.count <= FieldRules.countLimit, size <= FieldRules.sizeLimit else {
            throw RequestMistake(
                "there are more than \(FieldRules.countLimit) headers or"
                    + " \(FieldRules.sizeLimit) bytes of them"
            )
        }
    }

    /// Sets a field unless the workflow did.
    mutating func offer(_ name: String, _ value: String?) {
        guard let value, !fields.contains(name: name) else { return }
        fields.add(name: name, value: value)
    }

    /// Sets a field whatever the workflow said.
    mutating func set(_ name: String, _ value: String) {
        fields.replaceOrAdd(name: name, value: value)
    }

    /// What every request says of itself and of the execution it belongs to.
    mutating func identify(_ facts: ExecutionFacts) {
        offer("User-Agent", "backstop")
        offer("Accept", "*/*")
        offer("Accept-Encoding", "gzip, deflate")
        offer("traceparent", facts.traceparent)
        if let id = facts.correlationID, FieldRules.isValue(id) { offer("X-Correlation-ID", id) }
    }
}
