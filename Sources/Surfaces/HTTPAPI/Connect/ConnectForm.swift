import Definitions
import Embedding
import Engine
import Model

/// What the forms of a connect page ask for, and what they send.
enum ConnectForm {
    struct Field {
        var name: String
        var label: String
        var isSecret = true
    }

    /// Before the name of a header field that is asked for.
    private static let headerPrefix = "header."

    static func fields(of kind: ServiceDefinition.Kind, _ service: ServiceDefinition) -> [Field] {
        switch kind {
        case .oauth2: []
        case .apiKey: [Field(name: "key", label: "API key")]
        case .bearer: [Field(name: "token", label: "Access token")]
        case .basic:
            [
                Field(name: "user", label: "User name", isSecret: false),
                Field(name: "password", label: "Password"),
            ]
        case .headers: service.headers.map { Field(name: headerPrefix + $0, label: $0) }
        }
    }

    /// The credential that a form sent; nil when a field is missing, empty, unknown or too long.
    static func credential(_ form: JSONObject, _ service: ServiceDefinition) -> StoredCredential? {
        guard
            let kind = form["kind"]?.stringValue.flatMap(ServiceDefinition.Kind.init(rawValue:)),
            service.kinds.contains(kind),
            let stored = AuthenticationRecord.Kind(rawValue: kind.rawValue)
        else { return nil }
        let wanted = fields(of: kind, service)
        let known = Set(wanted.map(\.name)).union(["item", "kind"])
        guard !wanted.isEmpty, form.keys.allSatisfy(known.contains) else { return nil }
        var fields = JSONObject()
        for field in wanted {
            guard var text = form[field.name]?.stringValue else { return nil }
            // What was copied from another page often has blanks around it; a password may want them.
            if field.name != "password" { text = trimmed(text) }
            guard isSendable(text) else { return nil }
            let name =
                field.name.hasPrefix(headerPrefix)
                ? String(field.name.dropFirst(headerPrefix.count)) : field.name
            fields[name] = .string(text)
        }
        if kind == .apiKey {
            fields["header"] = service.query == nil ? service.header.map(JSONValue.string) : nil
            fields["query"] = service.query.map(JSONValue.string)
        }
        guard JSONWriter.encodedSize(.object(fields)) <= RequestBody.fieldsLimit else {
            return nil
        }
        return StoredCredential(kind: stored, fields: fields)
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank: (Character) -> Bool = { $0.isWhitespace }
        let start = text.drop(while: isBlank)
        guard let end = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...end])
    }

    /// A control character cannot be sent in a header field.
    private static func isSendable(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    /// RFC 3986: everything but unreserved characters is percent-encoded.
    static func encoded(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126:
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                result += "%" + (byte < 16 ? "0" : "") + hex
            }
        }
        return result
    }
}
