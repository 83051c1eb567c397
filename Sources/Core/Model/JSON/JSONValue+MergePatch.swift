extension JSONValue {
    /// JSON merge patch (RFC 7396): members replace those of the same name, null takes one away, and
    /// what is no object replaces the whole.
    public func merged(with patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result = objectValue ?? JSONObject()
        for (key, value) in changes {
            let member: JSONValue? =
                value.isNull ? .none : .some((result[key] ?? .null).merged(with: value))
            result[key] = member
        }
        return .object(result)
    }
}
