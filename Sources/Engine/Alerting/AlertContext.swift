import Embedding
import Model

/// What an execution knows of the alerts that led to it.
///
/// It goes on to everything that the execution starts, so that the chain of causes is whole
/// wherever something fails.
struct AlertContext: Sendable, Hashable {
    /// The alert that it tells; nil for what an alert workflow started.
    var id: ObjectID?
    /// The alert workflows in the chain of causes, this one included, oldest first.
    var chain: [String]

    /// For what the execution starts.
    var inherited: AlertContext { AlertContext(id: nil, chain: chain) }

    init(id: ObjectID?, chain: [String]) {
        self.id = id
        self.chain = chain
    }

    var json: JSONValue {
        var object = JSONObject()
        object["id"] = id.map { .string($0.description) }
        object["chain"] = .array(chain.map(JSONValue.string))
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue, let chain = object["chain"]?.arrayValue else {
            return nil
        }
        id = object["id"]?.stringValue.flatMap { ObjectID(.alert, $0) }
        self.chain = chain.compactMap(\.stringValue)
    }
}
