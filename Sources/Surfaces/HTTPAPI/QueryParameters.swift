import Engine
import Model

/// The query of a request: every name once, and known to the route.
struct QueryParameters: Sendable {
    private var values: [String: String] = [:]

    init(_ query: String, known: [String]) throws(APIFault) {
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(pair[0])
            guard known.contains(name) else { throw .unknownParameter(name) }
            guard values[name] == nil else {
                throw .invalidParameter(name, "it is given twice")
            }
            values[name] = pair.count > 1 ? Self.decoded(pair[1]) : ""
        }
    }

    /// The same from the members of an object, which are texts.
    init(_ object: JSONObject, known: [String]) throws(APIFault) {
        for (name, value) in object {
            guard known.contains(name) else { throw .unknownParameter(name) }
            guard let text = value.stringValue else {
                throw .invalidParameter(name, "it is a text")
            }
            values[name] = text
        }
    }

    private static func decoded(_ text: Substring) -> String {
        String(text.map { $0 == "+" ? " " : $0 }).percentDecoded
    }

    subscript(name: String) -> String? { values[name] }

    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(APIFault) -> Word? where Word.RawValue == String {
        guard let text = values[name] else { return nil }
        guard let word = Word(rawValue: text) else {
            let allowed = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter(name, "it is one of \(allowed)")
        }
        return word
    }

    func time(_ name: String) throws(APIFault) -> Timestamp? {
        guard let text = values[name] else { return nil }
        guard let time = Timestamp(text) else {
            throw .invalidParameter(name, "it is a time such as 2026-11-23T19:42:00Z")
        }
        return time
    }

    func execution(_ name: String) throws(APIFault) -> ExecutionID? {
        guard let text = values[name] else { return nil }
        guard let id = ExecutionID(text) else {
            throw .invalidParameter(name, "it is an execution's id")
        }
        return id
    }
}
