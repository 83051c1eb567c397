import Definitions
import Model

extension AuthSlot {
    /// Shared connections are the partner's own and are hidden from end users.
    package func isVisible(to reader: Reader) -> Bool { reader == .partner || !isShared }

    package var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["service"] = .string(service)
        object["shared"] = .bool(isShared)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let name = json["name"]?.stringValue, let service = json["service"]?.stringValue,
            let isShared = json["shared"]?.boolValue
        else { return nil }
        self.init(name: name, service: service, isShared: isShared)
    }

    package func view(for reader: Reader) -> JSONValue {
        guard reader == .client, case .object(var object) = json else { return json }
        object["shared"] = nil
        return .object(object)
    }
}
