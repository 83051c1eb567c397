import Model

/// Checks nodes against shapes: every structural finding comes from here.
struct ShapeChecker {
    private(set) var findings: [Finding] = []

    mutating func report(
        _ code: FindingCode,
        _ message: String,
        _ place: SourcePlace,
        _ suggestion: String? = nil,
    ) {
        findings.append(code.finding(message, at: place, suggestion: suggestion))
    }

    mutating func check(_ node: SourceNode, _ shape: Shape, _ name: String) {
        switch shape {
        case .template, .any: return
        case .string:
            if node.string == nil { wrong(node, "a string", name) }
        case .name: checkName(node, name)
        case .boolean:
            if node.json.boolValue == nil { wrong(node, "true or false", name) }
        case .integer(let range):
            guard let value = node.json.integerValue else {
                return wrong(node, "a whole number", name)
            }
            if !range.contains(value) {
                report(
                    .outOfRange,
                    "`\(name)` is \(value); it must be \(range.lowerBound) to \(range.upperBound)",
                    node.place,
                )
            }
        case .number(let range):
            guard let value = node.json.doubleValue else { return wrong(node, "a number", name) }
            if !range.contains(value) {
                report(
                    .outOfRange,
                    "`\(name)` must be \(range.lowerBound) to \(range.upperBound)",
                    node.place,
                )
            }
        case .duration(let range): checkDuration(node, range, name)
        case .expression:
            switch node.json {
            case .object, .array: wrong(node, "an expression", name)
            default: return
            }
        case .word(let words): checkWord(node, words, name)
        case .list(let element):
            guard case .sequence(let nodes) = node.value else {
                return wrong(node, "a list", name)
            }
            for node in nodes { check(node, element, name) }
        case .map(let element):
            guard case .mapping(let members) = node.value else {
                return wrong(node, "a mapping", name)
            }
            for member in members { check(member.value, element, member.key) }
        case .names(let element):
            check(node, .map(element), name)
            for member in node.members { checkName(member.key, member.keyPlace) }
        case .operation: checkOperation(node, name)
        case .pause: checkPause(node, name)
        case .timeZone: checkTimeZone(node, name)
        case .webAddress: checkWebAddress(node, name)
        case .secret: checkSecret(node, name)
        case .yes:
            if node.json != true { wrong(node, "true", name) }
        case .arguments:
            check(node, .map(.template), name)
            if let auth = node["auth"] { check(auth, .string, "auth") }
        case .record(let reference):
            if let record = Records.all[reference] { check(node, record, reference, name) }
        case .either(let shapes): checkEither(node, shapes, name)
        case .jsonSchema:
            switch node.json {
            case .object, .bool: return
            default: wrong(node, "a JSON Schema", name)
            }
        }
    }

    mutating func wrong(_ node: SourceNode, _ wanted: String, _ name: String) {
        report(.wrongType, "`\(name)` must be \(wanted), not \(node.kindName)", node.place)
    }

    private mutating func checkName(_ node: SourceNode, _ name: String) {
        guard let text = node.string else { return wrong(node, "a name", name) }
        checkName(text, node.place)
    }

    private mutating func checkName(_ text: String, _ place: SourcePlace) {
        guard !Names.isName(text) else { return }
        report(
            .invalidName,
            "`\(text)` is no name",
            place,
            "begin with a letter; then letters, digits, _ and -; at most 64",
        )
    }

    private mutating func checkWord(_ node: SourceNode, _ words: [String], _ name: String) {
        guard let text = node.string else {
            return wrong(node, words.joined(separator: " | "), name)
        }
        guard !words.contains(text) else { return }
        let near = Spelling.suggestion(text, among: words)
        report(
            .notAllowed,
            "`\(name)` is `\(text)`; allowed: \(words.joined(separator: ", "))",
            node.place,
            near.map { "did you mean `\($0)`?" },
        )
    }

    private mutating func checkDuration(
        _ node: SourceNode,
        _ range: ClosedRange<Int64>,
        _ name: String,
    ) {
        guard let text = node.text, let span = TimeSpan(text) else {
            return report(
                .invalidDuration,
                "`\(name)` must be a duration",
                node.place,
                "write 500ms, 40s, 5m, 2h or 7d",
            )
        }
        if !range.contains(span.milliseconds) {
            let low = TimeSpan(milliseconds: range.lowerBound)
            let high = TimeSpan(milliseconds: range.upperBound)
            report(
                .outOfRange,
                "`\(name)` is \(span); it must be \(low) to \(high)",
                node.place,
            )
        }
    }

    private mutating func checkEither(_ node: SourceNode, _ shapes: [Shape], _ name: String) {
        for shape in shapes where Self.fits(node, shape) { return check(node, shape, name) }
        let wanted = shapes.map(Self.describe).joined(separator: ", or ")
        wrong(node, wanted, name)
    }

    /// By the type alone, so that the findings are those of the form that was meant.
    static func fits(_ node: SourceNode, _ shape: Shape) -> Bool {
        switch (shape, node.value) {
        case (.template, _), (.any, _): true
        case (.record, .mapping), (.map, .mapping), (.list, .sequence): true
        case (.jsonSchema, .mapping), (.secret, .mapping): true
        case (.string, .scalar(.string, _, _)), (.word, .scalar(.string, _, _)),
            (.name, .scalar(.string, _, _)), (.expression, .scalar),
            (.duration, .scalar(.string, _, _)), (.boolean, .scalar(.bool, _, _)),
            (.number, .scalar(.integer, _, _)), (.number, .scalar(.number, _, _)),
            (.yes, .scalar(.bool, _, _)), (.pause, .scalar):
            true
        case (.integer, .scalar(let value, _, _)): value.integerValue != nil
        default: false
        }
    }

    private static func describe(_ shape: Shape) -> String {
        switch shape {
        case .word(let words): words.joined(separator: " | ")
        case .list: "a list"
        case .record, .map: "a mapping"
        case .secret: "a reference to a secret"
        case .boolean: "true or false"
        case .yes: "true"
        case .pause: "a duration"
        case .integer, .number: "a number"
        default: "a string"
        }
    }
}

/// What names look like.
enum Names {
    private static let one = "[A-Za-z][A-Za-z0-9_-]{0,63}"
    static let pattern = "^\(one)$"
    static let operationPattern = "^\(one)\\.\(one)$"

    private static let area = "[A-Z][A-Za-z_]{0,31}"
    private static let city = "[A-Z][A-Za-z0-9_+-]{0,31}"
    static let timeZonePattern = "^(UTC|\(area)(/\(city)){1,2})$"

    static let webAddressPattern =
        "^(https://[^/?#@]|http://(localhost|127[.][0-9.]+)(:[0-9]+)?(/|$))[!-~]*$"

    /// As the pattern: nothing but printable ASCII, and no user in front of an https host.
    static func isWebAddress(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ (33...126).contains($0) }) else { return false }
        if text.hasPrefix("https://") {
            return text.utf8.dropFirst(8).first.map { !"/?#@".utf8.contains($0) } ?? false
        }
        guard text.hasPrefix("http://") else { return false }
        let authority = text.dropFirst(7).prefix { $0 != "/" }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        let isOwn =
            parts[0] == "localhost"
            || parts[0].hasPrefix("127.") && parts[0].count > 4
                && parts[0].utf8.allSatisfy { $0 == 46 || (48...57).contains($0) }
        return isOwn && parts.count <= 2
            && parts.dropFirst().allSatisfy { port in
                !port.isEmpty && port.utf8.allSatisfy { (48...57).contains($0) }
            }
    }

    /// Whether it has the shape of a name of the IANA database.
    static func isTimeZone(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text != "UTC" else { return true }
        return (2...3).contains(parts.count)
            && parts.enumerated().allSatisfy { index, part in
                guard let first = part.utf8.first, (65...90).contains(first),
                    part.utf8.count <= 32
                else { return false }
                return part.utf8.allSatisfy {
                    (65...90).contains($0 & 0xDF) || $0 == 95
                        || index > 0 && ((48...57).contains($0) || $0 == 43 || $0 == 45)
                }
            }
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, (65...90).contains(first & 0xDF),
            text.utf8.count <= 64
        else { return false }
        return text.utf8.allSatisfy {
            (65...90).contains($0 & 0xDF) || (48...57).contains($0) || $0 == 95 || $0 == 45
        }
    }
}
