/// The linter of the tree: pure, from files to offences.
enum Tidy {
    static func check(_ files: [SourceFile]) -> [Offence] {
        let alone = files.flatMap { file in
            checkShape(file) + checkCalls(file) + checkText(file) + checkNames(file)
        }
        let together =
            checkDecisions(files) + checkCommands(files) + checkCitations(files) + checkLinks(files)
            + checkMigrations(files)
        return (alone + together).sorted { ($0.path, $0.line) < ($1.path, $1.line) }
    }

    /// Whether `text` holds `word` with no letter, digit, `_` or `.` directly before it, and none
    /// (but a dot) directly after a word that ends in a letter.
    static func holds(_ word: String, in text: String) -> Bool {
        var rest = text[...]
        while let range = rest.firstRange(of: word) {
            let before =
                range.lowerBound > text.startIndex
                ? text[text.index(before: range.lowerBound)] : " "
            let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
            let endsInWord = word.last?.isWordPart ?? false
            let startsInWord = word.first?.isWordPart ?? false
            if !(startsInWord && (before.isWordPart || before == ".")),
                !(endsInWord && after.isWordPart)
            {
                return true
            }
            rest = text[range.upperBound...]
        }
        return false
    }
}

extension Character {
    var isWordPart: Bool { isLetter || isNumber || self == "_" }
}
