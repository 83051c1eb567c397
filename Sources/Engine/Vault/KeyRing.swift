import Crypto
import Model

/// The keys of the vault: the newest seals, all of them open.
///
/// As text it has one line for each key, `id:base64 of 32 bytes`, the newest last; blank lines and
/// lines that begin with `#` mean nothing. Its description never shows a key.
package struct KeyRing: Sendable, CustomStringConvertible {
    struct Entry: Sendable {
        var id: String
        var key: SymmetricKey
    }

    package static let sizeLimit = 65_536
    package static let keyLimit = 256
    static let longestID = 32

    private let entries: [Entry]
    private let positions: [String: Int]

    /// - Parameter place: where the text comes from, for problems.
    /// - Throws: `configuration`: B2603 for a line that is none, B2604 for a key of another length,
    ///   B2605 for an id that is there twice, no key at all or too many. Problems name lines, and
    ///   never what they hold.
    package init(text: [UInt8], place: String) throws(Problem) {
        guard text.count <= Self.sizeLimit else {
            throw Self.problem("B2603", "\(place) is longer than \(Self.sizeLimit) bytes")
        }
        var entries: [Entry] = []
        var positions: [String: Int] = [:]
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let where_ = "line \(index + 1) of \(place)"
            guard let entry = try Self.entry(line, where_) else { continue }
            guard positions.updateValue(entries.count, forKey: entry.id) == nil else {
                throw Self.problem("B2605", "\(where_) has the id of an earlier key")
            }
            entries.append(entry)
        }
        guard !entries.isEmpty else { throw Self.problem("B2605", "\(place) holds no key") }
        guard entries.count <= Self.keyLimit else {
            throw Self.problem("B2605", "\(place) holds more than \(Self.keyLimit) keys")
        }
        self.entries = entries
        self.positions = positions
    }

    /// A ring of one new key, for stores that forget.
    package init(random: any RandomSource) throws(Problem) {
        var line = Self.newLine(random: random)
        defer { AuthenticatedCipher.wipe(&line) }
        try self.init(text: line, place: "a new key")
    }

    /// A line with a new key; appended to the text, it is the newest.
    ///
    /// The id is random too, so that two who add a key at once do not add the same id.
    package static func newLine(random: any RandomSource) -> [UInt8] {
        var key = random.bytes(AuthenticatedCipher.keySize)
        defer { AuthenticatedCipher.wipe(&key) }
        let id = random.bytes(4).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
        return Array("k\(id.joined()):\(Base64.encoded(key))\n".utf8)
    }

    /// Oldest first.
    package var ids: [String] { entries.map(\.id) }

    package var description: String { "KeyRing(\(ids.joined(separator: ", ")))" }

    var newest: Entry { entries[entries.count - 1] }

    var newestFirst: [Entry] { entries.reversed() }

    func key(_ id: String) -> SymmetricKey? { positions[id].map { entries[$0].key } }

    static func isID(_ text: Substring.UTF8View) -> Bool {
        (1...longestID).contains(text.count)
            && text.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    static func problem(_ code: String, _ detail: String) -> Problem {
        var problem = Problem(.configuration, detail: detail, code: code)
        problem.origin = .platform
        problem.actor = .support
        return problem
    }

    /// Nil for a line without a key.
    private static func entry(
        _ line: ArraySlice<UInt8>,
        _ place: String,
    ) throws(Problem) -> Entry? {
        let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 || $0 == 13 }
        let start = line.drop(while: isBlank)
        guard let first = start.first, first != UInt8(ascii: "#") else { return nil }
        let end = (start.lastIndex { !isBlank($0) } ?? start.startIndex) + 1
        let body = start[..<end]
        guard let colon = body.firstIndex(of: UInt8(ascii: ":")),
            let id = String(validating: body[..<colon], as: UTF8.self), isID(id[...].utf8)
        else {
            throw problem("B2603", "\(place) is not `id:key`; ids have letters, digits, - and _")
        }
        guard let text = String(validating: body[(colon + 1)...], as: UTF8.self),
            var bytes = Base64.decoded(text)
        else { throw problem("B2604", "the key in \(place) is not base 64") }
        defer { AuthenticatedCipher.wipe(&bytes) }
        guard bytes.count == AuthenticatedCipher.keySize else {
            throw problem("B2604", "the key in \(place) has \(bytes.count) bytes instead of 32")
        }
        return Entry(id: id, key: SymmetricKey(data: bytes))
    }
}
