extension Tidy {
    // MARK: Decisions

    static func checkDecisions(_ files: [SourceFile]) -> [Offence] {
        let folder = "docs/decisions/"
        let pages = files.filter { $0.path.hasPrefix(folder) && $0.name != "README.md" }
        var found = numbering(pages, rule: .decision, digits: 4)
        for page in pages {
            for section in ["## Context", "## Decision", "## Consequences"]
            where !page.lines.contains(section) {
                let message = "has no section \"\(section)\""
                found.append(Offence(rule: .decision, path: page.path, line: 0, message: message))
            }
        }
        return found
    }

    // MARK: Migrations

    static func checkMigrations(_ files: [SourceFile]) -> [Offence] {
        let all = files.filter { $0.path.contains("/Migrations/") && $0.path.hasSuffix(".sql") }
        return Dictionary(grouping: all, by: \.folder).values.flatMap {
            numbering($0, rule: .migration, digits: 4)
        }
    }

    /// Names must start with 0001-, 0002- …, each number once.
    private static func numbering(_ files: [SourceFile], rule: Rule, digits: Int) -> [Offence] {
        let sorted = files.sorted { $0.name < $1.name }
        return sorted.enumerated().compactMap { index, file in
            let number = String(index + 1)
            let wanted = String(repeating: "0", count: digits - number.count) + number + "-"
            if file.name.hasPrefix(wanted) { return nil }
            return Offence(rule: rule, path: file.path, line: 0, message: "expected \(wanted)…")
        }
    }

    // MARK: README

    /// Every line of a code block that starts with `./` names an executable file of the tree.
    static func checkCommands(_ files: [SourceFile]) -> [Offence] {
        let executables = Set(files.filter(\.isExecutable).map(\.path))
        return files.filter { $0.name == "README.md" && $0.folder.isEmpty }.flatMap { readme in
            readme.lines.enumerated().compactMap { index, line -> Offence? in
                let line = line.drop { $0 == " " || $0 == "$" }
                guard line.hasPrefix("./"), let word = line.split(separator: " ").first else {
                    return nil
                }
                let path = String(word.dropFirst(2))
                if executables.contains(path) { return nil }
                let message = "./\(path) is no executable of the tree"
                return Offence(
                    rule: .command,
                    path: readme.path,
                    line: index + 1,
                    message: message,
                )
            }
        }
    }

    // MARK: Links

    /// Targets of Markdown links and of `src="…"`, relative to their page.
    static func checkLinks(_ files: [SourceFile]) -> [Offence] {
        var known = Set(files.map(\.path))
        for file in files {
            var folders = file.path.split(separator: "/").dropLast()
            while !folders.isEmpty {
                known.insert(folders.joined(separator: "/"))
                folders = folders.dropLast()
            }
        }
        return files.filter(\.isMarkdown).flatMap { page in
            page.lines.map(withoutCode).enumerated().flatMap { index, line in
                (targets(in: line, after: "](", until: ")")
                    + targets(in: line, after: "src=\"", until: "\""))
                    .filter { !leads($0, from: page, known) }
                    .map {
                        Offence(
                            rule: .deadLink,
                            path: page.path,
                            line: index + 1,
                            message: "\($0) does not exist",
                        )
                    }
            }
        }
    }

    /// What stands between backquotes is no link.
    private static func withoutCode(_ line: String) -> String {
        line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset.isMultiple(of: 2) }.map { String($0.element) }
            .joined(separator: "x")
    }

    private static func targets(
        in line: String,
        after start: String,
        until end: Character,
    ) -> [String] {
        var found: [String] = []
        var rest = line[...]
        while let open = rest.firstRange(of: start) {
            rest = rest[open.upperBound...]
            found.append(String(rest.prefix { $0 != end }))
        }
        return found
    }

    private static func leads(
        _ target: String,
        from page: SourceFile,
        _ known: Set<String>,
    ) -> Bool {
        let outside = ["http://", "https://", "mailto:", "#"].contains(where: target.hasPrefix)
        let path = target.prefix { $0 != "#" }
        if outside || path.isEmpty { return true }
        var parts = path.hasPrefix("/") ? [] : page.folder.split(separator: "/").map(String.init)
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                // Above the root are pages of the forge, which cannot be checked.
                if parts.popLast() == nil { return true }
            default: parts.append(String(part))
            }
        }
        return parts.isEmpty || known.contains(parts.joined(separator: "/"))
    }
}
