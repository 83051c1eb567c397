/// `multipart/form-data` (RFC 7578).
struct MultipartBody: Sendable {
    struct Part: Sendable {
        var name: String
        var filename: String?
        var contentType: String?
        var content: [UInt8]
    }

    static let partLimit = 1000

    var parts: [Part]
    var boundary: String

    /// Chooses a boundary that occurs in no part.
    ///
    /// `seed` makes it differ between requests; the same seed and parts give the same bytes, so
    /// that a retry sends what was sent before.
    init(parts: [Part], seed: String) {
        self.parts = parts
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in seed.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var candidate = ""
        repeat {
            candidate = "backstop-" + String(hash, radix: 36)
            hash = hash &* 0x5851_f42d_4c95_7f2d &+ 0x1405_7b7e_f767_814f
        } while parts.contains { Self.holds(Array(candidate.utf8), in: $0.content) }
        boundary = candidate
    }

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(parts.reduce(64) { $0 + $1.content.count + 256 })
        for part in parts {
            result += "--\(boundary)\r\n".utf8
            result += "Content-Disposition: form-data; name=\"\(Self.quoted(part.name))\"".utf8
            if let filename = part.filename {
                result += "; filename=\"\(Self.quoted(filename))\"".utf8
            }
            result += "\r\n".utf8
            if let contentType = part.contentType {
                result += "Content-Type: \(contentType)\r\n".utf8
            }
            result += "\r\n".utf8
            result += part.content
            result += "\r\n".utf8
        }
        result += "--\(boundary)--\r\n".utf8
        return result
    }

    /// HTML's encoding of names: quotes and line ends are percent-encoded.
    private static func quoted(_ text: String) -> String {
        var result: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += "%22".utf8
            case 13: result += "%0D".utf8
            case 10: result += "%0A".utf8
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func holds(_ needle: [UInt8], in text: [UInt8]) -> Bool {
        guard text.count >= needle.count else { return false }
        return (0...(text.count - needle.count)).contains { start in
            text[start] == needle[0] && text[start..<(start + needle.count)].elementsEqual(needle)
        }
    }
}
