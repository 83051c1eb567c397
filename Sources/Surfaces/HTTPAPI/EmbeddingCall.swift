import Embedding
import Engine
import Model

/// A call of the embedding: who asks, and what.
struct EmbeddingCall: Sendable {
    let route: Route
    let actor: Actor
    let values: [String: String]
    let query: QueryParameters
    let request: WebhookRequest

    var reader: Reader { actor.reader }

    /// The `{id}` of the path. What is no id is absent, as what is nobody's.
    func id(_ kind: ObjectID.Kind) throws(Problem) -> ObjectID {
        guard let id = ObjectID(kind, values["id"] ?? "") else { throw Access.absent }
        return id
    }

    func body(_ known: Set<String>?) throws(Problem) -> RequestBody {
        try RequestBody(request, known: known)
    }

    func limit() throws(Problem) -> Int {
        guard let text = query["limit"] else { return 50 }
        guard let limit = Int(text), (1...500).contains(limit) else {
            throw APIFault.invalidParameter("limit", "it is a number from 1 to 500").problem
        }
        return limit
    }

    func cursor(_ kind: ObjectID.Kind) throws(Problem) -> ObjectID? {
        guard let text = query["cursor"] else { return nil }
        guard let id = ObjectID(kind, text) else {
            throw APIFault.invalidParameter("cursor", "take it from the page before").problem
        }
        return id
    }

    /// A query parameter that is an object's name.
    func object(_ name: String, _ kind: ObjectID.Kind) throws(Problem) -> ObjectID? {
        guard let text = query[name] else { return nil }
        guard let id = ObjectID(kind, text) else {
            throw APIFault.invalidParameter(name, "it begins with \(kind.rawValue)_").problem
        }
        return id
    }

    /// A query parameter that is one of a closed list of words.
    func word<Word: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(Problem) -> Word? where Word.RawValue == String {
        do throws(APIFault) { return try query.word(name) } catch { throw error.problem }
    }

    /// A page under its name, with the cursor of the next one when it is full.
    static func page(
        _ name: String,
        _ views: [JSONValue],
        count: Int,
        limit: Int,
        last: ObjectID?,
    ) -> HTTPAnswer {
        var object = JSONObject()
        object[name] = .array(views)
        if count == limit, let last { object["next_cursor"] = .string(last.description) }
        return .json(.object(object))
    }

    /// 201 with the place of what was made; 200 when it was there.
    static func made(_ view: JSONValue, _ id: ObjectID, at path: String, isNew: Bool) -> HTTPAnswer
    {
        var answer = HTTPAnswer.json(view, status: isNew ? 201 : 200)
        if isNew { answer.headers.append(HeaderField("location", "\(path)/\(id)")) }
        return answer
    }

    static let gone = HTTPAnswer(status: 204)
}
