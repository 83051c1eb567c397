/// JSON Pointer (RFC 6901).
public enum JSONPointer {
    /// What the pointer names; nil when there is no such place or it is no pointer.
    public static func resolve(_ pointer: String, in value: JSONValue) -> JSONValue? {
        guard !pointer.isEmpty else { return value }
        guard pointer.hasPrefix("/") else { return nil }
        var current = value
        for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let next = step(unescaped(part), in: current) else { return nil }
            current = next
        }
        return current
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

    private static func unescaped(_ part: Substring) -> String {
        var result = ""
        var isEscaped = false
        for character in part {
            if isEscaped {
                result.append(character == "1" ? "/" : character == "0" ? "~" : character)
                isEscaped = false
            } else if character == "~" {
                isEscaped = true
            } else {
                result.append(character)
            }
        }
        return result
    }
}
