/// Any JSON value (RFC 8259), with integers kept exact.
///
/// A number without fraction or exponent that fits 64 bits is `.integer`; every other number, and
/// `-0` with its sign, is `.number`, a finite IEEE 754 double. Objects keep the order in which their members were written.
/// Equality is JSON's: member order does not matter and `1 == 1.0`.
public enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}
