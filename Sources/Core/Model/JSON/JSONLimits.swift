/// What a parser accepts; everything beyond is a ``JSONError``.
public struct JSONLimits: Sendable, Hashable {
    /// Containers inside one another, 1...1024.
    public var depth: Int
    /// Bytes of the whole text.
    public var size: Int
    /// A key that occurs twice in an object is refused; else its last value counts.
    public var refusesDuplicateKeys: Bool

    public init(depth: Int = 128, size: Int = 16 << 20, refusesDuplicateKeys: Bool = true) {
        self.depth = min(max(depth, 1), 1024)
        self.size = size
        self.refusesDuplicateKeys = refusesDuplicateKeys
    }

    public static let standard = JSONLimits()
}

/// Why a text is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case unexpectedEnd = "B0901"
        case unexpectedCharacter = "B0902"
        case trailingContent = "B0903"
        case invalidNumber = "B0904"
        case numberOutOfRange = "B0905"
        case invalidEscape = "B0906"
        case controlCharacter = "B0907"
        case invalidUTF8 = "B0908"
        case duplicateKey = "B0909"
        case tooDeep = "B0910"
        case tooLarge = "B0911"
    }

    public var code: Code
    public var message: String
    /// Byte offset from 0; line and column from 1, in bytes.
    public var offset: Int
    public var line: Int
    public var column: Int

    public var description: String {
        "\(code.rawValue): \(message) (line \(line), column \(column))"
    }
}
