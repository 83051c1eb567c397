extension Tidy {
    static let longestFile = 500
    static let longestFunction = 70

    static func checkShape(_ file: SourceFile) -> [Offence] {
        guard file.isSwift else { return [] }
        var found: [Offence] = []
        if file.lines.count > longestFile {
            let message = "\(file.lines.count) lines; split it"
            found.append(Offence(rule: .longFile, path: file.path, line: 0, message: message))
        }
        guard file.isSource else { return found }
        for (line, length) in functions(in: file.code) where length > longestFunction {
            let message = "a function of \(length) lines"
            found.append(
                Offence(rule: .longFunction, path: file.path, line: line, message: message)
            )
        }
        return found
    }

    /// The line and length of each function, initialiser and subscript with a body.
    static func functions(in code: [String]) -> [(line: Int, length: Int)] {
        code.indices.compactMap { index in
            let starts = ["func", "init", "subscript", "deinit"].contains {
                holds($0, in: code[index])
            }
            guard starts, let end = endOfBody(from: index, in: code) else { return nil }
            return (index + 1, end - index + 1)
        }
    }

    /// The index of the line that closes the first body opened at or after `start`; nil when a
    /// declaration without a body ends first.
    private static func endOfBody(from start: Int, in code: [String]) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in start..<code.count {
            if index > start, parentheses == 0, braces == 0,
                ["func", "var", "let", "init"].contains(where: { holds($0, in: code[index]) })
            {
                return nil
            }
            for character in code[index] {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{": braces += 1
                case "}":
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0, parentheses <= 0 { return index }
                default: break
                }
            }
        }
        return nil
    }
}
