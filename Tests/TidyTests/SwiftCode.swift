/// Swift source with everything that is not code replaced by spaces, line for line.
///
/// A heuristic: it knows line and nested block comments, plain, raw and multi-line strings and raw
/// identifiers, and blanks interpolations along with their string.
enum SwiftCode {
    static func blanked(_ text: String) -> String {
        var scanner = Scanner(bytes: Array(text.utf8))
        scanner.run()
        return String(decoding: scanner.output, as: UTF8.self)
    }

    private struct Scanner {
        let bytes: [UInt8]
        var output: [UInt8] = []
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
            output.reserveCapacity(bytes.count)
        }

        mutating func run() {
            while position < bytes.count {
                if starts("//") {
                    blank(while: { $0 != UInt8(ascii: "\n") })
                } else if starts("/*") {
                    blankComment()
                } else if let hashes = openingOfString() {
                    blankString(hashes: hashes)
                } else if bytes[position] == UInt8(ascii: "`") {
                    blank(count: 1)
                    blank(while: { $0 != UInt8(ascii: "`") && $0 != UInt8(ascii: "\n") })
                    blank(count: 1)
                } else {
                    output.append(bytes[position])
                    position += 1
                }
            }
        }

        func starts(_ text: StaticString) -> Bool {
            text.withUTF8Buffer { wanted in
                position + wanted.count <= bytes.count
                    && bytes[position..<position + wanted.count].elementsEqual(wanted)
            }
        }

        mutating func blank(count: Int) {
            for _ in 0..<min(count, bytes.count - position) {
                output.append(bytes[position] == UInt8(ascii: "\n") ? bytes[position] : 0x20)
                position += 1
            }
        }

        mutating func blank(while condition: (UInt8) -> Bool) {
            while position < bytes.count, condition(bytes[position]) { blank(count: 1) }
        }

        mutating func blankComment() {
            var depth = 0
            repeat {
                if starts("/*") {
                    depth += 1
                    blank(count: 2)
                } else if starts("*/") {
                    depth -= 1
                    blank(count: 2)
                } else {
                    blank(count: 1)
                }
            } while depth > 0 && position < bytes.count
        }

        /// The number of `#` before a quote here; nil when no string starts.
        func openingOfString() -> Int? {
            var end = position
            while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
            guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
            return end - position
        }

        mutating func blankString(hashes: Int) {
            blank(count: hashes)
            let isLong = starts("\"\"\"")
            let quotes = isLong ? 3 : 1
            blank(count: quotes)
            while position < bytes.count {
                if !isLong, bytes[position] == UInt8(ascii: "\n") { return }
                if bytes[position] == UInt8(ascii: "\\"), hashes == 0 {
                    blankEscape()
                } else if closes(quotes: quotes, hashes: hashes) {
                    blank(count: quotes + hashes)
                    return
                } else {
                    blank(count: 1)
                }
            }
        }

        /// An escape; of an interpolation everything up to its closing parenthesis.
        mutating func blankEscape() {
            blank(count: 1)
            guard position < bytes.count, bytes[position] == UInt8(ascii: "(") else {
                blank(count: 1)
                return
            }
            var depth = 0
            repeat {
                if let hashes = openingOfString() {
                    blankString(hashes: hashes)
                    continue
                }
                if bytes[position] == UInt8(ascii: "(") { depth += 1 }
                if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
                blank(count: 1)
            } while depth > 0 && position < bytes.count
        }

        func closes(quotes: Int, hashes: Int) -> Bool {
            let end = position + quotes + hashes
            guard end <= bytes.count else { return false }
            return bytes[position..<position + quotes].allSatisfy { $0 == UInt8(ascii: "\"") }
                && bytes[position + quotes..<end].allSatisfy { $0 == UInt8(ascii: "#") }
        }
    }
}
