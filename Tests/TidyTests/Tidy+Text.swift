extension Tidy {
    // Put together here so that this file does not break its own rules.
    static let leftovers = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
    static let machinePaths = ["/wo" + "rk/", "/tm" + "p/w/", "/ro" + "ot/", "/home" + "/runner"]

    static let largest = 1 << 20

    static func checkText(_ file: SourceFile) -> [Offence] {
        var found: [Offence] = []
        for (index, line) in file.lines.enumerated() {
            for word in leftovers where holds(word, in: line) {
                found.append(
                    Offence(
                        rule: .unfinished,
                        path: file.path,
                        line: index + 1,
                        message: "do it, or open an issue and leave no \(word)",
                    )
                )
            }
            for path in machinePaths where line.contains(path) {
                found.append(
                    Offence(
                        rule: .machinePath,
                        path: file.path,
                        line: index + 1,
                        message: "\(path) exists on one machine only",
                    )
                )
            }
        }
        if let reason = reasonNotToTrack(file) {
            found.append(Offence(rule: .tracked, path: file.path, line: 0, message: reason))
        }
        return found
    }

    private static func reasonNotToTrack(_ file: SourceFile) -> String? {
        if file.text.utf8.count > largest { return "larger than 1 MiB" }
        if file.name == "Package.resolved" { return "versions are resolved where it is built" }
        let folders = file.path.split(separator: "/").dropLast()
        let generated = folders.first {
            $0.hasPrefix(".build") || $0 == ".venv" || $0 == "__pycache__"
        }
        return generated.map { "\($0) is made by a tool" }
    }
}
