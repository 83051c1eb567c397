/// The members of a JSON object, in the order in which they were first written.
///
/// Setting an existing key keeps its place. Lookup is linear for small objects and hashed for large
/// ones, so it is never quadratic to build one.
public struct JSONObject: Sendable {
    var entries: [(key: String, value: JSONValue)] = []

    public init() {}
}
