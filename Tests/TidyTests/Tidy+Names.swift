extension Tidy {
    static let vagueSuffixes = [
        "Utils", "Utilities", "Util", "Helpers", "Helper", "Common", "Extensions", "Manager",
        "Managers", "Misc", "Stub",
    ]

    static let publicFolders = ["Sources/Core/Model/", "Sources/Ports/ConnectorKit/"]

    static func checkNames(_ file: SourceFile) -> [Offence] {
        guard file.isSwift, file.path.contains("/") else { return [] }
        var found: [Offence] = []
        let stem = String(file.name.dropLast(".swift".count))
        let words = file.path.dropLast(".swift".count).split(whereSeparator: {
            $0 == "/" || $0 == "+"
        })
        for word in words where word == "New" || vagueSuffixes.contains(where: word.hasSuffix) {
            found.append(
                Offence(
                    rule: .vagueName,
                    path: file.path,
                    line: 0,
                    message: "\(word) says nothing",
                )
            )
        }
        guard file.isSource else { return found }
        let subject = String(stem.prefix { $0 != "+" })
        if stem != "main", !declares(subject, extensionOnly: stem.contains("+"), file) {
            let message = "declares no \(subject)"
            found.append(Offence(rule: .misnamed, path: file.path, line: 0, message: message))
        }
        guard !publicFolders.contains(where: file.path.hasPrefix) else { return found }
        for (index, line) in file.code.enumerated()
        where holds("public", in: line) || holds("open", in: line) && line.contains("open class") {
            found.append(
                Offence(
                    rule: .needlesslyPublic,
                    path: file.path,
                    line: index + 1,
                    message: "package is enough",
                )
            )
        }
        return found
    }

    private static func declares(_ name: String, extensionOnly: Bool, _ file: SourceFile) -> Bool {
        let kinds =
            extensionOnly
            ? ["extension"]
            : ["struct", "class", "enum", "actor", "protocol", "typealias", "extension", "func"]
        return file.code.contains { line in
            kinds.contains { holds("\($0) \(name)", in: line) }
        }
    }
}
