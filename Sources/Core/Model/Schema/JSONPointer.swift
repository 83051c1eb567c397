/// JSON Pointer (RFC 6901).
public enum JSONPointer {
    /// What the pointer names; nil when there is no such place or it is no pointer.
    public static func resolve(_ pointer: String, in value: JSONValue) -> JSONValue? {
        guard !pointer.isEmpty else { return value }
        guard pointer.unicodeScalars.first == "/" else { return nil }
        var current = value
        let parts = pointer.unicodeScalars.dropFirst()
        for part in parts.split(separator: "/", omittingEmptySubsequences: false) {
            guard let key = unescaped(part), let next = step(key, in: current) else { return nil }
            current = next
        }
        return current
    }

    /// A key as one part of a pointer.
    static func escape(_ key: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in key.unicodeScalars {
            switch scalar {
            case "~": result.append(contentsOf: "~0".unicodeScalars)
            case "/": result.append(contentsOf: "~1".unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func step(_ key: String, in value: JSONValue) -> JSONValue? {
        switch value {
        case .object(let object): return object[key]
        case .array(let elements):
            guard let index = Int(key), String(index) == key, elements.indices.contains(index)
            else { return nil }
            return elements[index]
        default: return nil
        }
    }

    /// Nil when a `~` is followed by neither 0 nor 1.
    private static func unescaped(_ part: String.UnicodeScalarView.SubSequence) -> String? {
        var result = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in part {
            if isEscaped {
                guard scalar == "0" || scalar == "1" else { return nil }
                result.append(scalar == "1" ? "/" : "~")
                isEscaped = false
            } else if scalar == "~" {
                isEscaped = true
            } else {
                result.append(scalar)
            }
        }
        return isEscaped ? nil : String(result)
    }
}
