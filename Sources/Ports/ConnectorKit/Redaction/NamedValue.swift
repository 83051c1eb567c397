import Model

/// Finds the value that stands after a sensitive name inside a text: `token=…` in a URL or a form,
/// also percent-encoded; `"password": "…"` in JSON, also inside a string of JSON; `Cookie: …` in a
/// header; `<secret>…</secret>` in XML.
struct NamedValue: Sendable {
    private typealias Text = UnsafeBufferPointer<UInt8>

    /// Names that count besides ``SensitiveNames``, folded: everywhere, and inside texts only.
    private var names: Set<[UInt8]> = []
    private var more: Set<[UInt8]> = []

    mutating func add(name: String) {
        let folded = SensitiveNames.folded(name.utf8)
        guard folded.count >= 3 else { return }
        names.insert(folded)
        more.insert(folded)
    }

    mutating func add(parameter: String) {
        let folded = SensitiveNames.folded(parameter.utf8)
        if folded.count >= 3 { more.insert(folded) }
    }

    /// Whether a member of this name holds a secret.
    func isSensitive(_ name: String) -> Bool {
        if SensitiveNames.contains(name) { return true }
        return !names.isEmpty && names.contains(SensitiveNames.folded(name.utf8))
    }

    private func isSensitive(_ name: Text) -> Bool {
        if SensitiveNames.contains(utf8: name) { return true }
        return !more.isEmpty && more.contains(SensitiveNames.folded(name))
    }

    /// Bytes that may stand between a name and its value.
    @inline(__always)
    static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "=") || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ">")
            || byte == UInt8(ascii: "%")
    }

    /// The value after the separator at this place; nil when its name is not sensitive, or when the
    /// value is empty or redacted already.
    func value(in text: UnsafeBufferPointer<UInt8>, after separator: Int) -> Range<Int>? {
        let found: Range<Int>?
        switch text[separator] {
        case UInt8(ascii: "="): found = parameter(text, separator)
        case UInt8(ascii: ":"): found = member(text, separator) ?? header(text, separator)
        case UInt8(ascii: ">"): found = element(text, separator)
        default: found = encoded(text, separator)
        }
        guard let found, !found.isEmpty else { return nil }
        return found
    }

    /// Whether there is something to take out, as opposed to nothing or what was redacted before.
    /// Asked before a value's end is looked for, so that no text is walked through twice.
    private func isOpen(_ text: Text, _ start: Int) -> Bool {
        start < text.count && text[start] != UInt8(ascii: "[")
    }

    /// The word that ends before `end`; at most the longest name.
    private func word(_ text: Text, before end: Int) -> Range<Int> {
        var start = end
        while start > 0, end - start <= SensitiveNames.longest, Self.isWord(text[start - 1]) {
            start -= 1
        }
        // Of a percent-encoded `?` or `&` the digits are no part of the word.
        if start > 0, text[start - 1] == UInt8(ascii: "%"), end - start > 2 { start += 2 }
        return start..<end
    }

    private func isSensitive(_ text: Text, _ range: Range<Int>) -> Bool {
        range.count >= 3 && isSensitive(Text(rebasing: text[range]))
    }

    // MARK: Forms

    private func parameter(_ text: Text, _ equals: Int) -> Range<Int>? {
        let begin = equals + 1
        guard isOpen(text, begin), isSensitive(text, word(text, before: equals)) else { return nil }
        return quoted(text, begin) ?? begin..<Self.run(text, from: begin) { !Self.endsValue($0) }
    }

    /// `name%3Dvalue`, up to an encoded or a plain end.
    private func encoded(_ text: Text, _ percent: Int) -> Range<Int>? {
        let begin = percent + 3
        guard isOpen(text, begin), text[percent + 1] == UInt8(ascii: "3"),
            text[percent + 2] | 0x20 == UInt8(ascii: "d"),
            isSensitive(text, word(text, before: percent))
        else { return nil }
        var end = begin
        while end < text.count, !Self.endsValue(text[end]) {
            let isAmpersand =
                end + 2 < text.count && text[end] == UInt8(ascii: "%")
                && text[end + 1] == UInt8(ascii: "2") && text[end + 2] == UInt8(ascii: "6")
            if isAmpersand { break }
            end += 1
        }
        return begin..<end
    }

    /// `"name": value`, the quotes escaped or not.
    private func member(_ text: Text, _ colon: Int) -> Range<Int>? {
        var end = colon - 1
        while end > 0, colon - end < 8, text[end] <= 32 { end -= 1 }
        guard end > 0, text[end] == UInt8(ascii: "\"") else { return nil }
        if end > 0, text[end - 1] == UInt8(ascii: "\\") { end -= 1 }
        guard isSensitive(text, word(text, before: end)) else { return nil }
        let begin = Self.run(text, from: colon + 1) { $0 <= 32 }
        if let range = quoted(text, begin) { return range }
        // A number; what else may stand there is no secret or has names of its own.
        let stop = Self.run(text, from: begin) { (48...57).contains($0) || $0 == 45 || $0 == 46 }
        return begin..<stop
    }

    /// What stands in quotes, `"…"`, `'…'` or `\"…\"`, from `begin`; nil when no quote is there.
    private func quoted(_ text: Text, _ begin: Int) -> Range<Int>? {
        var start = begin
        let isEscaped = start < text.count && text[start] == UInt8(ascii: "\\")
        if isEscaped { start += 1 }
        guard start < text.count, Self.isQuote(text[start]) else { return nil }
        let quote = text[start]
        start += 1
        guard isOpen(text, start) else { return start..<start }
        var end = start
        while end < text.count, text[end] != quote {
            if text[end] == UInt8(ascii: "\\") {
                if isEscaped { break }
                end += 1
            }
            end += 1
        }
        return start..<min(end, text.count)
    }

    /// `Name: value`. Of a header that is a credential, the whole line without the scheme; of another
    /// sensitive name at the start of a line, a value without blanks. Elsewhere the name may be a word
    /// of a sentence, and only what looks like a credential is taken.
    private func header(_ text: Text, _ colon: Int) -> Range<Int>? {
        let name = word(text, before: colon)
        guard isSensitive(text, name) else { return nil }
        let begin = Self.run(text, from: colon + 1) { $0 == 32 || $0 == 9 }
        guard isOpen(text, begin) else { return nil }
        let folded = SensitiveNames.folded(text[name])
        let isCredential =
            folded.elementsEqual("authorization".utf8)
            || folded.elementsEqual("proxyauthorization".utf8)
        let end = Self.run(text, from: begin) { !Self.endsValue($0) }
        let rest = Self.run(text, from: end) { $0 == 32 }
        let hasScheme = isCredential && rest > end && rest < text.count && text[rest] > 32
        guard !hasScheme || isOpen(text, rest) else { return nil }
        guard name.lowerBound == 0 || text[name.lowerBound - 1] < 32 else {
            let start = hasScheme ? rest : begin
            let stop = hasScheme ? Self.run(text, from: rest) { !Self.endsValue($0) } : end
            return stop - start >= 8 ? start..<stop : nil
        }
        // Lines do not overlap: each is walked through once.
        let line = Self.run(text, from: begin) { $0 >= 32 && $0 != UInt8(ascii: "\\") }
        if hasScheme { return rest..<line }
        let isWhole =
            isCredential || folded.elementsEqual("cookie".utf8)
            || folded.elementsEqual("setcookie".utf8)
        return isWhole || end == line ? begin..<line : nil
    }

    /// `<name>value<`, the name with or without a prefix.
    private func element(_ text: Text, _ bracket: Int) -> Range<Int>? {
        let name = word(text, before: bracket)
        guard name.lowerBound > 0, isOpen(text, bracket + 1), isSensitive(text, name) else {
            return nil
        }
        var open = name.lowerBound - 1
        if text[open] == UInt8(ascii: ":") { open = word(text, before: open).lowerBound - 1 }
        guard open >= 0, text[open] == UInt8(ascii: "<") else { return nil }
        return (bracket + 1)..<Self.run(text, from: bracket + 1) { $0 != UInt8(ascii: "<") }
    }

    // MARK: Bytes

    static func run(
        _ text: UnsafeBufferPointer<UInt8>,
        from start: Int,
        while holds: (UInt8) -> Bool,
    ) -> Int {
        var end = min(start, text.count)
        while end < text.count, holds(text[end]) { end += 1 }
        return end
    }

    @inline(__always)
    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func isQuote(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
    }

    private static func endsValue(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...32, UInt8(ascii: "&"), UInt8(ascii: "#"), UInt8(ascii: "\""),
            UInt8(ascii: "'"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: ")"), UInt8(ascii: "\\"), UInt8(ascii: "}"):
            true
        default: false
        }
    }
}
