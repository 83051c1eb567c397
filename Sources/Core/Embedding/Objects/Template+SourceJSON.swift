import Expressions
import Model

extension Template {
    /// The value that it was compiled from, with constant expressions replaced by their results.
    package var sourceJSON: JSONValue {
        switch self {
        case .literal(let value): Self.escaped(value)
        case .expression(let program): .string("${ \(program.source) }")
        case .interpolation(let parts):
            .string(
                parts.map { part in
                    switch part {
                    case .text(let text): Self.escaped(text)
                    case .expression(let program): "${ \(program.source) }"
                    }
                }.joined()
            )
        case .array(let elements): .array(elements.map(\.sourceJSON))
        case .object(let members):
            .object(JSONObject(members.map { ($0.key, $0.value.sourceJSON) }))
        }
    }

    private static func escaped(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(escaped(text))
        case .array(let elements): .array(elements.map(escaped))
        case .object(let object):
            .object(JSONObject(object.map { ($0.key, escaped($0.value)) }))
        default: value
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            if scalar == "$", index + 1 < scalars.count, scalars[index + 1] == "{" {
                result.append("$")
            }
            result.append(scalar)
        }
        return String(result)
    }
}
