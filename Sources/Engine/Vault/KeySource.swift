import Model

/// Where the key ring of a deployment comes from.
package enum KeySource: Sendable, Hashable {
    /// The program's own file, made at the first start.
    case ownFile(String)
    /// A file that somebody else looks after.
    case givenFile(String)
    /// An environment variable; it may have commas instead of line breaks.
    case variable(String)

    package static let fileVariable = "BACKSTOP_VAULT_KEY_FILE"
    package static let keyVariable = "BACKSTOP_VAULT_KEY"

    /// `BACKSTOP_VAULT_KEY_FILE`, `BACKSTOP_VAULT_KEY`, or `vault.key` in the folder of the data.
    ///
    /// - Throws: `configuration` B2603 when both variables are set.
    package static func find(
        dataFolder: String,
        environment: (String) -> String?,
    ) throws(Problem) -> KeySource {
        let file = environment(fileVariable).flatMap { $0.isEmpty ? nil : $0 }
        let key = environment(keyVariable).flatMap { $0.isEmpty ? nil : $0 }
        switch (file, key) {
        case (.some, .some):
            throw KeyRing.problem("B2603", "set \(fileVariable) or \(keyVariable), not both")
        case (.some(let file), nil): return .givenFile(file)
        case (nil, .some(let key)): return .variable(key)
        case (nil, nil): return .ownFile("\(dataFolder)/vault.key")
        }
    }

    /// The file that holds the ring; nil for a variable, which cannot change while a process runs.
    var file: KeyFile? {
        switch self {
        case .ownFile(let path), .givenFile(let path): KeyFile(path: path)
        case .variable: nil
        }
    }

    package func ring(random: any RandomSource) throws(Problem) -> KeyRing {
        switch self {
        case .ownFile(let path): return try KeyFile(path: path).readOrMake(random: random)
        case .givenFile(let path): return try KeyFile(path: path).read()
        case .variable(let text):
            var bytes = text.utf8.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "\n") : $0 }
            defer { AuthenticatedCipher.wipe(&bytes) }
            return try KeyRing(text: bytes, place: Self.keyVariable)
        }
    }
}

extension KeySource: CustomStringConvertible {
    /// Never the key.
    package var description: String {
        switch self {
        case .ownFile(let path), .givenFile(let path): path
        case .variable: Self.keyVariable
        }
    }
}
