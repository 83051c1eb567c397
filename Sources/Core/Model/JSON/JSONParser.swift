/// Reads JSON texts (RFC 8259), strictly: UTF-8 without byte order mark, no comments, no trailing
/// commas. Integers are exact in 64 bits; what does not fit is an error, never a rounded number.
public enum JSONParser {
    public static func parse(
        _ bytes: [UInt8],
        limits: JSONLimits = .standard,
    ) throws(JSONError) -> JSONValue {
        let result = bytes.withUnsafeBufferPointer { parse(buffer: $0, limits: limits) }
        return try result.get()
    }

    public static func parse(
        _ text: String,
        limits: JSONLimits = .standard,
    ) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }

    /// The same for bytes that are somewhere else, such as in a network buffer.
    public static func parse(
        buffer: UnsafeBufferPointer<UInt8>,
        limits: JSONLimits = .standard,
    ) -> Result<JSONValue, JSONError> {
        var reader = JSONReader(bytes: buffer, limits: limits)
        do throws(JSONReader.Stop) {
            return .success(try reader.document())
        } catch {
            return .failure(reader.located(error))
        }
    }
}
