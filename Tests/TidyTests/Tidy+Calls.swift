extension Tidy {
    /// What needs `// tidy: reason` on its line or the line above, and what to do instead.
    static let banned: [(call: String, instead: String)] = [
        ("Date()", "take the time as a parameter"),
        ("UUID()", "take the identifier as a parameter"),
        (".random(", "take the randomness as a parameter"),
        ("SystemRandomNumberGenerator", "take the randomness as a parameter"),
        ("Task.detached", "use a task group"),
        ("Task {", "use a task group"),
        ("Task(", "use a task group"),
        ("try?", "handle the error"),
        ("try!", "handle the error"),
        ("print(", "log, or write through the terminal"),
        ("fatalError(", "throw"),
        ("preconditionFailure(", "throw"),
    ]

    static let escapes = [
        "@unchecked Sendable", "nonisolated(unsafe)", "@preconcurrency", "unsafeBitCast(",
    ]

    static let slow = [
        "JSONDecoder", "JSONEncoder", "JSONSerialization", "DateFormatter", "ISO8601DateFormatter",
        "NSRegularExpression", "URLSession",
    ]

    static let pureModules = ["Model", "Expressions", "Definitions", "Embedding", "Kernel"].map {
        "Sources/Core/\($0)/"
    }

    static func checkCalls(_ file: SourceFile) -> [Offence] {
        guard file.isSource || file.isTest else { return [] }
        var found: [Offence] = []
        for (index, line) in file.code.enumerated() where !line.allSatisfy(\.isWhitespace) {
            func report(_ rule: Rule, _ message: String) {
                found.append(
                    Offence(rule: rule, path: file.path, line: index + 1, message: message)
                )
            }
            for escape in escapes where holds(escape, in: line) && !isExplained(index, file) {
                report(.unexplained, "say above it why \(escape) is right")
            }
            if file.isTest {
                for sleep in ["Task.sleep(", "usleep(", "sleep("] where calls(sleep, in: line) {
                    if !hasTidyReason(index, file) { report(.sleepInTest, "wait for a signal") }
                }
                continue
            }
            for (call, instead) in banned where calls(call, in: line) {
                if !hasTidyReason(index, file) { report(.bannedCall, "\(call): \(instead)") }
            }
            for name in slow where holds(name, in: line) {
                report(.slowFoundation, "\(name): too slow, or a source of surprises")
            }
            if pureModules.contains(where: file.path.hasPrefix), line.contains("import Foundation")
            {
                report(.foundationInCore, "this module is pure Swift")
            }
        }
        return found
    }

    /// As `holds`, and declarations do not count; a call that starts with `.` may follow a word.
    private static func calls(_ call: String, in line: String) -> Bool {
        holds(call, in: line) && !line.contains("func \(call)")
    }

    /// A comment `tidy: why` on the line, or in the comment lines directly above it.
    static func hasTidyReason(_ index: Int, _ file: SourceFile) -> Bool {
        if isReason(file.lines[index]) { return true }
        for above in stride(from: index - 1, through: 0, by: -1) {
            guard file.code[above].allSatisfy(\.isWhitespace), !file.lines[above].isEmpty else {
                return false
            }
            if isReason(file.lines[above]) { return true }
        }
        return false
    }

    private static func isReason(_ line: String) -> Bool {
        guard let mark = line.firstRange(of: "// tidy: ") else { return false }
        return line[mark.upperBound...].count >= 8
    }

    private static func isExplained(_ index: Int, _ file: SourceFile) -> Bool {
        if file.lines[index].contains("// ") { return true }
        for above in stride(from: index - 1, through: max(0, index - 4), by: -1) {
            if file.lines[above].drop(while: \.isWhitespace).hasPrefix("//") { return true }
            // Attributes and the head of the declaration may stand between.
            guard file.code[above].contains("@") || !file.code[above].contains("{") else { break }
        }
        return false
    }
}
