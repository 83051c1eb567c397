import Definitions
import Model

extension ConfigSlot {
    /// What stands where the value of a secret would: whether there is one.
    package static let mask: JSONValue = ["set": true]

    package func isVisible(to reader: Reader) -> Bool { reader == .partner || !isHidden }

    package var json: JSONValue {
        var object = JSONObject()
        object["name"] = .string(name)
        object["schema"] = schema.source
        object["title"] = title.map(JSONValue.string)
        object["required"] = .bool(isRequired)
        object["secret"] = .bool(isSecret)
        object["hidden"] = .bool(isHidden)
        object["default"] = defaultValue
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let name = object.get("name", \.stringValue),
            let source = object["schema"],
            case .success(let schema) = Result(catching: { try JSONSchema(source) }),
            let title = object.maybe("title", \.stringValue),
            let isRequired = object.get("required", \.boolValue),
            let isSecret = object.get("secret", \.boolValue),
            let isHidden = object.get("hidden", \.boolValue)
        else { return nil }
        self.init(
            name: name,
            schema: schema,
            title: title,
            isRequired: isRequired,
            isSecret: isSecret,
            isHidden: isHidden,
            defaultValue: object["default"],
        )
    }

    /// The slot itself, without a value. The default of a secret is a secret, and so are the
    /// values that its schema names.
    package func view(for reader: Reader) -> JSONValue {
        guard case .object(var object) = json else { return json }
        if isSecret {
            if object["default"] != nil { object["default"] = Self.mask }
            object["schema"] = schemaWithoutValues
        }
        if reader == .client { object["hidden"] = nil }
        return .object(object)
    }

    private var schemaWithoutValues: JSONValue {
        guard case .object(var object) = schema.source else { return schema.source }
        for key in ["default", "examples", "const", "enum"] { object[key] = nil }
        return .object(object)
    }

    /// The value of a secret slot that may be given in place of one: "leave it as it is".
    func keepsSecret(_ value: JSONValue) -> Bool { isSecret && value == Self.mask }
}
