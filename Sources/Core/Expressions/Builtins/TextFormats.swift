import Model

/// `@json`, `@csv` and the other formats.
enum TextFormats {
    static func apply(
        _ format: TextFormat,
        to value: JSONValue,
    ) throws(EvaluationError) -> String {
        switch format {
        case .text: return plain(value)
        case .json: return JSONWriter.string(value)
        case .csv: return try row(value, "csv", separator: ",", quote: csv)
        case .tsv: return try row(value, "tsv", separator: "\t", quote: tsv)
        case .html: return escaped(plain(value), html)
        case .uri: return uri(plain(value))
        case .sh: return try shell(value)
        case .base64: return Base64.encoded(Array(plain(value).utf8))
        case .base64d:
            guard let bytes = Base64.decoded(plain(value)) else {
                throw EvaluationError(
                    .invalidText,
                    "\(Describe.value(value)) is not valid base64 data",
                )
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// A string is itself, everything else its JSON text.
    static func plain(_ value: JSONValue) -> String {
        if case .string(let text) = value { return text }
        return JSONWriter.string(value)
    }

    private static func row(
        _ value: JSONValue,
        _ name: String,
        separator: String,
        quote: (String) -> String,
    ) throws(EvaluationError) -> String {
        guard case .array(let cells) = value else {
            throw EvaluationError(
                .type,
                "\(Describe.value(value)) cannot be \(name)-formatted, only an array can be",
            )
        }
        var parts: [String] = []
        for cell in cells {
            switch cell {
            case .null: parts.append("")
            case .bool, .integer, .number: parts.append(JSONWriter.string(cell))
            case .string(let text): parts.append(quote(text))
            default:
                throw EvaluationError(
                    .type,
                    "\(Describe.value(cell)) is not valid in a \(name) row",
                )
            }
        }
        return parts.joined(separator: separator)
    }

    private static func csv(_ text: String) -> String {
        "\"" + escaped(text) { $0 == "\"" ? "\"\"" : nil } + "\""
    }

    private static func tsv(_ text: String) -> String {
        escaped(text) { scalar in
            switch scalar {
            case "\t": "\\t"
            case "\n": "\\n"
            case "\r": "\\r"
            case "\\": "\\\\"
            default: nil
            }
        }
    }

    private static func html(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "'": "&#39;"
        case "\"": "&quot;"
        default: nil
        }
    }

    private static func escaped(_ text: String, _ map: (Unicode.Scalar) -> String?) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let replacement = map(scalar) {
                result += replacement
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Everything but RFC 3986's unreserved characters is percent-encoded.
    static func uri(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 48...57, 65...90, 97...122, 45, 46, 95, 126: bytes.append(byte)
            default:
                bytes += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func shell(_ value: JSONValue) throws(EvaluationError) -> String {
        var parts: [String] = []
        for element in value.arrayValue ?? [value] {
            switch element {
            case .string(let text):
                parts.append("'" + escaped(text) { $0 == "'" ? "'\\''" : nil } + "'")
            case .array, .object:
                throw EvaluationError(
                    .type,
                    "\(Describe.value(element)) can not be escaped for shell",
                )
            default: parts.append(JSONWriter.string(element))
            }
        }
        return parts.joined(separator: " ")
    }
}
