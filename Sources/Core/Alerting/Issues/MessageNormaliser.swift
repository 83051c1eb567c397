/// Takes out of a message what differs from one occurrence to the next, so that failures of one
/// cause have one text: addresses, quoted values, numbers, times, ids.
///
/// Linear in the message, of which the first ``scalarsMax`` scalars count.
package enum MessageNormaliser {
    package static let scalarsMax = 1_024

    package static func fold(_ message: String) -> String {
        var words: [String] = []
        for word in unquoted(message).split(whereSeparator: \.isWhitespace) {
            words.append(fold(word: String(word)))
        }
        return words.joined(separator: " ")
    }

    /// Quoted texts become `<text>`. A quote without an end is a character like others.
    private static func unquoted(_ message: String) -> String {
        let scalars = Array(message.unicodeScalars.prefix(scalarsMax))
        var result = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            // An apostrophe inside a word is none.
            let isOpening = index == 0 || !scalars[index - 1].properties.isAlphabetic
            if let closing = Self.quotes[scalar], isOpening,
                let end = scalars[(index + 1)...].firstIndex(of: closing)
            {
                result.append(contentsOf: "<text>".unicodeScalars)
                index = end + 1
            } else {
                result.append(scalar)
                index += 1
            }
        }
        return String(result)
    }

    private static let quotes: [Unicode.Scalar: Unicode.Scalar] = [
        "\"": "\"", "'": "'", "`": "`", "\u{201C}": "\u{201D}", "\u{2018}": "\u{2019}",
    ]

    private static func fold(word: String) -> String {
        let marks: Set<Character> = [",", ".", ";", ":", "(", ")", "[", "]", "!", "?"]
        let start = word.prefix { marks.contains($0) }
        let end = String(word.dropFirst(start.count).reversed().prefix { marks.contains($0) })
        let core = word.dropFirst(start.count).dropLast(end.count)
        guard !core.isEmpty else { return word }
        return start + folded(String(core)) + String(end.reversed())
    }

    private static func folded(_ core: String) -> String {
        if core.contains("://") { return "<url>" }
        if core.contains("@"), core.contains(".") { return "<email>" }
        let isPlain = core.utf8.allSatisfy { isHex($0) || $0 == UInt8(ascii: "-") }
        let hasDigit = core.utf8.contains { isDigit($0) }
        if isPlain, hasDigit, core.utf8.count >= 8 { return "<id>" }
        if hasDigit, core.utf8.count >= 16 { return "<id>" }
        return numbersFolded(core.lowercased())
    }

    /// Runs of digits, with the points and colons between them, become `<n>`.
    private static func numbersFolded(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isInNumber = false
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            let isJoint = scalar == "." || scalar == ":" || scalar == ","
            if isDigit(scalar) {
                if !isInNumber { result.append(contentsOf: "<n>".unicodeScalars) }
                isInNumber = true
            } else if isInNumber, isJoint, isDigit(next) {
                continue
            } else {
                isInNumber = false
                result.append(scalar)
            }
        }
        return String(result)
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && isDigit(UInt8(scalar.value))
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
