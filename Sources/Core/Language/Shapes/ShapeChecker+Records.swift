import Model

/// Mappings with known keys: which keys are there, and which go together.
extension ShapeChecker {
    mutating func check(
        _ node: SourceNode,
        _ record: Record,
        _ reference: String,
        _ name: String,
    ) {
        guard case .mapping(let members) = node.value else {
            return wrong(node, "a mapping", name)
        }
        for member in members {
            guard let field = record.field(member.key) else {
                let near = Spelling.suggestion(member.key, among: record.fields.map(\.key))
                report(
                    .unknownKey,
                    "unknown key `\(member.key)`",
                    member.keyPlace,
                    near.map { "did you mean `\($0)`?" }
                        ?? "known here: \(record.fields.map(\.key).joined(separator: ", "))",
                )
                continue
            }
            check(member.value, field.shape, member.key)
        }
        let hasForm = reference == "step" ? checkStepForm(node) : checkForm(node, record)
        for field in record.fields {
            let isHome = Self.isHome(field, node, record)
            let member = node.member(field.key)
            if field.isRequired, member == nil, isHome == true {
                report(.missingKey, "`\(field.key)` is missing: \(field.words)", node.place)
            } else if hasForm, isHome == false, let member, let home = field.home {
                // Beside a form that is not known it cannot be told.
                report(
                    .conflictingKeys,
                    "`\(field.key)` has a meaning only beside `\(home.words)`",
                    member.keyPlace,
                )
            }
        }
    }

    private mutating func checkForm(_ node: SourceNode, _ record: Record) -> Bool {
        guard !record.oneOf.isEmpty else { return true }
        let found = record.oneOf.filter { node.member($0) != nil }
        if found.isEmpty {
            report(
                .missingKey,
                "one of \(record.oneOf.joined(separator: ", ")) is missing",
                node.place,
            )
        } else if found.count > 1 {
            report(
                .conflictingKeys,
                "only one of \(found.joined(separator: ", ")) may be there",
                node.place,
            )
        }
        return found.count == 1
    }

    /// Nil when the key that tells it is wrong itself.
    private static func isHome(_ field: Field, _ node: SourceNode, _ record: Record) -> Bool? {
        switch field.home {
        case nil: return true
        case .key(let key): return node.member(key) != nil
        case .value(let key, let word):
            guard case .word(let words)? = record.field(key)?.shape,
                let found = node[key]?.string, words.contains(found)
            else { return nil }
            return found == word
        }
    }

    /// One form key; or `if` with `then` as a list; or `then` as a word alone.
    private mutating func checkStepForm(_ node: SourceNode) -> Bool {
        let found = Records.kinds.filter { node.member($0) != nil }
        let then = node.member("then")
        guard found.count == 1 || (found.isEmpty && then != nil) else {
            report(
                .stepForm,
                found.count > 1
                    ? "a step has one form, not \(found.joined(separator: " and "))"
                    : "the step has no form",
                node.place,
                "exactly one of \(Records.kinds.joined(separator: ", ")), or if with then and else",
            )
            return false
        }
        let thenIsList = then?.value.elementsIfList != nil
        if thenIsList, let then, !found.isEmpty || node.member("if") == nil {
            report(
                .conflictingKeys,
                "`then` as a list belongs to `if` without another form",
                then.value.place,
            )
        }
        if !thenIsList, let other = node.member("else") {
            report(
                .conflictingKeys,
                "`else` has a meaning only beside `if` with `then` as a list",
                other.keyPlace,
            )
        }
        return true
    }

    // MARK: Scalars with a form of their own

    mutating func checkOperation(_ node: SourceNode, _ name: String) {
        guard let text = node.string else {
            return wrong(node, "connector.operation", name)
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count != 2 || !parts.allSatisfy({ Names.isName(String($0)) }) else { return }
        report(
            .invalidName,
            "`\(text)` is no operation",
            node.place,
            "write connector.operation",
        )
    }

    mutating func checkTimeZone(_ node: SourceNode, _ name: String) {
        guard let text = node.string else { return wrong(node, "a string", name) }
        guard !Names.isTimeZone(text) else { return }
        report(
            .invalidTimeZone,
            "`\(name)` must be UTC or an Area/City of the IANA database",
            node.place,
            ["utc", "gmt", "z", "etc/utc"].contains(text.lowercased())
                ? "write UTC" : "write UTC, or a name such as Europe/Berlin",
        )
    }

    mutating func checkWebAddress(_ node: SourceNode, _ name: String) {
        guard let text = node.string else { return wrong(node, "a string", name) }
        guard !Names.isWebAddress(text) else { return }
        report(
            .notAllowed,
            "`\(name)` must begin with https://, or http:// and this machine's own name",
            node.place,
        )
    }

    mutating func checkPause(_ node: SourceNode, _ name: String) {
        switch node.json {
        case .integer, .number:
            guard let seconds = node.json.doubleValue, seconds >= 0 else {
                return report(.outOfRange, "`\(name)` must not be negative", node.place)
            }
        case .string(let text):
            guard !text.contains("${"), TimeSpan(text) == nil else { return }
            report(
                .invalidDuration,
                "`\(name)` must be a duration",
                node.place,
                "write 500ms, 40s, 5m, 2h or 7d",
            )
        default: wrong(node, "a duration", name)
        }
    }

    mutating func checkSecret(_ node: SourceNode, _ name: String) {
        guard node.string == nil else {
            return report(
                .plainSecret,
                "a secret stands in plain text",
                node.place,
                "write { env: NAME } or { file: PATH }",
            )
        }
        check(node, .record("secret"), name)
    }
}

extension Field.Home {
    var words: String {
        switch self {
        case .key(let key): key
        case .value(let key, let word): "\(key): \(word)"
        }
    }
}
