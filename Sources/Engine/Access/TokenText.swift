import Model

/// A JSON Web Token taken apart (RFC 7515, section 7.1), with nothing of it believed yet.
package struct TokenText: Sendable {
    /// Bytes; nothing that a partner has to say is longer.
    package static let longest = 4096

    let header: JSONObject
    let claims: JSONObject

    /// Nil unless it is three parts in base 64 for URLs, the first two of them JSON objects.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.longest else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]),
            let claims = Self.object(parts[1]), Self.bytes(parts[2]) != nil
        else { return nil }
        self.header = header
        self.claims = claims
    }

    /// Whether a credential is meant to be a token at all: API keys have no dots.
    package static func isMeant(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: ".")) }

    private static func bytes(_ part: Substring) -> [UInt8]? {
        guard !part.isEmpty, let bytes = Base64.decoded(String(part)),
            Base64.urlEncoded(bytes).utf8.elementsEqual(part.utf8)
        else { return nil }
        return bytes
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = bytes(part) else { return nil }
        do { return try JSONParser.parse(bytes).objectValue } catch { return nil }
    }
}
