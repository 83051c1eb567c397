extension Finding {
    /// For a program: `code severity file line column message suggestion`.
    package var json: JSONValue {
        var object = JSONObject()
        object["code"] = .string(code)
        object["severity"] = .string(severity.rawValue)
        object["file"] = .string(place.file)
        object["line"] = .integer(Int64(place.line))
        object["column"] = .integer(Int64(place.column))
        object["message"] = .string(message)
        object["suggestion"] = suggestion.map(JSONValue.string)
        return .object(object)
    }
}
