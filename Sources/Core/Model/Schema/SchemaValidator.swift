/// Checks one instance.
struct SchemaValidator {
    let nodes: [SchemaNode]
    var violations: [JSONSchema.Violation] = []
    /// Why checking was given up; whatever the other answers were, the value is refused.
    private(set) var exhaustion: JSONSchema.Violation?
    private let instance: JSONValue
    private var depth = 0
    private var steps = 0
    private var stepLimit = JSONSchema.stepLimit
    private var isLimitFinal = false
    /// Inside `matches` the first violation is enough.
    private var probes = 0

    init(nodes: [SchemaNode], instance: JSONValue) {
        self.nodes = nodes
        self.instance = instance
    }

    /// All violations, the one that gave up last.
    mutating func run() -> [JSONSchema.Violation] {
        check(0, instance, "")
        guard let exhaustion else { return violations }
        return violations.prefix(JSONSchema.violationLimit - 1) + [exhaustion]
    }

    private mutating func report(
        _ node: SchemaNode,
        _ keyword: String,
        _ place: String,
        _ message: String,
    ) {
        guard violations.count < JSONSchema.violationLimit else { return }
        violations.append(Self.violation(node, keyword, place, message))
    }

    private static func violation(
        _ node: SchemaNode,
        _ keyword: String,
        _ place: String,
        _ message: String,
    ) -> JSONSchema.Violation {
        // Of the schema `false`, and of one that is given up, no keyword but all of it is meant.
        let isWhole = keyword == "false" || keyword == "$ref"
        return JSONSchema.Violation(
            instance: place,
            schema: isWhole ? node.pointer : "\(node.pointer)/\(keyword)",
            keyword: keyword,
            message: place.isEmpty ? message : "\(place): \(message)",
        )
    }

    private mutating func giveUp(_ node: SchemaNode, _ place: String, _ message: String) {
        exhaustion = Self.violation(node, "$ref", place, message)
    }

    /// Schemas that ask about one value again and again could make checking it take ages.
    private mutating func takesTooLong() -> Bool {
        steps += 1
        guard steps > stepLimit else { return false }
        guard !isLimitFinal else { return true }
        isLimitFinal = true
        stepLimit += Self.count(instance) * nodes.count
        return steps > stepLimit
    }

    private static func count(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): elements.reduce(1) { $0 + count($1) }
        case .object(let object): object.reduce(1) { $0 + count($1.value) }
        default: 1
        }
    }

    private var isDone: Bool {
        exhaustion != nil || violations.count >= (probes > 0 ? 1 : JSONSchema.violationLimit)
    }

    private mutating func matches(_ index: Int, _ value: JSONValue, _ place: String) -> Bool {
        let saved = violations
        violations = []
        probes += 1
        defer {
            violations = saved
            probes -= 1
        }
        check(index, value, place)
        return violations.isEmpty
    }

    mutating func check(_ index: Int, _ value: JSONValue, _ place: String) {
        guard !isDone else { return }
        let node = nodes[index]
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSONSchema.depthLimit else {
            return giveUp(node, place, "the value is nested too deeply for its schema")
        }
        if takesTooLong() {
            return giveUp(node, place, "the value takes too many steps to check")
        }
        if node.refusesAll { return report(node, "false", place, "nothing is allowed here") }
        for item in node.checks where !isDone { check(item, node, value, place) }
    }

    private mutating func check(
        _ item: SchemaCheck,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        switch item {
        case .type(let names):
            if !names.contains(where: { Self.isOf($0, value) }) {
                let wanted = names.sorted().joined(separator: " or ")
                report(node, "type", place, "expected \(wanted), found \(value.typeName)")
            }
        case .oneOfValues(let values):
            if !values.contains(value) {
                let list = values.prefix(10).map { JSONWriter.string($0) }.joined(separator: ", ")
                report(node, "enum", place, "expected one of \(list)")
            }
        case .constant(let wanted):
            if wanted != value {
                report(node, "const", place, "expected \(JSONWriter.string(wanted))")
            }
        case .number(let keyword, let limit): checkNumber(keyword, limit, node, value, place)
        case .length, .pattern, .format: checkText(item, node, value, place)
        case .items, .contains, .count, .uniqueItems: checkArray(item, node, value, place)
        case .properties, .propertyNames, .propertyCount, .required, .dependentRequired,
            .dependentSchemas:
            checkObject(item, node, value, place)
        case .all, .any, .one, .not, .condition, .reference:
            checkCombination(item, node, value, place)
        }
    }

    static func isOf(_ type: String, _ value: JSONValue) -> Bool {
        type == "integer" ? ExactNumber.isWhole(value) : value.typeName == type
    }

    private mutating func checkNumber(
        _ keyword: String,
        _ limit: JSONValue,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        guard let isBelow = ExactNumber.isLess(value, limit),
            let isAbove = ExactNumber.isLess(limit, value)
        else { return }
        let holds =
            switch keyword {
            case "minimum": !isBelow
            case "maximum": !isAbove
            case "exclusiveMinimum": isAbove
            case "exclusiveMaximum": isBelow
            default: ExactNumber.isMultiple(value, of: limit)
            }
        if !holds { report(node, keyword, place, "\(keyword) is \(JSONWriter.string(limit))") }
    }

    private mutating func checkText(
        _ item: SchemaCheck,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        guard case .string(let text) = value else { return }
        switch item {
        case .length(let min, let max):
            let count = text.unicodeScalars.count
            if let min, count < min {
                report(node, "minLength", place, "at least \(min) characters are needed")
            }
            if let max, count > max {
                report(node, "maxLength", place, "at most \(max) characters are allowed")
            }
        case .pattern(let regex, let source):
            if !regex.matches(text) {
                report(node, "pattern", place, "it does not match the pattern \(source)")
            }
        case .format(let name):
            if !TextFormatCheck.holds(name, text) {
                report(node, "format", place, "it is no \(name)")
            }
        default: return
        }
    }

    private mutating func checkArray(
        _ item: SchemaCheck,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        guard case .array(let elements) = value else { return }
        switch item {
        case .items(let prefix, let rest):
            for (position, element) in elements.enumerated() {
                let inner = "\(place)/\(position)"
                if position < prefix.count {
                    check(prefix[position], element, inner)
                } else if let rest {
                    check(rest, element, inner)
                }
            }
        case .contains(let wanted, let min, let max):
            var count = 0
            for element in elements where matches(wanted, element, place) { count += 1 }
            if count < min {
                report(node, "contains", place, "at least \(min) matching items are needed")
            }
            if let max, count > max {
                report(node, "maxContains", place, "at most \(max) matching items are allowed")
            }
        case .count(let min, let max):
            if let min, elements.count < min {
                report(node, "minItems", place, "at least \(min) items are needed")
            }
            if let max, elements.count > max {
                report(node, "maxItems", place, "at most \(max) items are allowed")
            }
        case .uniqueItems:
            if Set(elements).count != elements.count {
                report(node, "uniqueItems", place, "an item occurs twice")
            }
        default: return
        }
    }

    private mutating func checkObject(
        _ item: SchemaCheck,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        guard case .object(let object) = value else { return }
        switch item {
        case .properties(let known, let patterns, let rest, let names):
            for entry in object {
                checkMember(entry, known, patterns, rest, names, node, place)
            }
        case .propertyNames(let index):
            for entry in object {
                check(index, .string(entry.key), "\(place)/\(JSONPointer.escape(entry.key))")
            }
        case .propertyCount(let min, let max):
            if let min, object.count < min {
                report(node, "minProperties", place, "at least \(min) members are needed")
            }
            if let max, object.count > max {
                report(node, "maxProperties", place, "at most \(max) members are allowed")
            }
        case .required(let names):
            for name in names where object[name] == nil {
                report(node, "required", place, "`\(name)` is missing")
            }
        case .dependentRequired(let list):
            for (key, names) in list where object[key] != nil {
                for name in names where object[name] == nil {
                    report(node, "dependentRequired", place, "`\(key)` needs `\(name)` too")
                }
            }
        case .dependentSchemas(let list):
            for (key, index) in list where object[key] != nil { check(index, value, place) }
        default: return
        }
    }

    private mutating func checkMember(
        _ entry: JSONObject.Element,
        _ known: [String: Int],
        _ patterns: [(LinearRegex, Int)],
        _ rest: Int?,
        _ names: [String],
        _ node: SchemaNode,
        _ place: String,
    ) {
        let inner = "\(place)/\(JSONPointer.escape(entry.key))"
        var isKnown = false
        if let index = known[entry.key] {
            isKnown = true
            check(index, entry.value, inner)
        }
        for (regex, index) in patterns where regex.matches(entry.key) {
            isKnown = true
            check(index, entry.value, inner)
        }
        guard !isKnown, let rest else { return }
        if nodes[rest].refusesAll {
            let hint = Spelling.suggestion(entry.key, among: names)
            report(
                node,
                "additionalProperties",
                inner,
                "`\(entry.key)` is not allowed"
                    + (hint.map { "; did you mean `\($0)`?" } ?? ""),
            )
        } else {
            check(rest, entry.value, inner)
        }
    }

    private mutating func checkCombination(
        _ item: SchemaCheck,
        _ node: SchemaNode,
        _ value: JSONValue,
        _ place: String,
    ) {
        switch item {
        case .all(let indices):
            for index in indices { check(index, value, place) }
        case .any(let indices):
            for index in indices where matches(index, value, place) { return }
            report(node, "anyOf", place, "it matches none of the allowed forms")
        case .one(let indices):
            let count = indices.count { matches($0, value, place) }
            if count != 1 {
                report(node, "oneOf", place, "it matches \(count) of the forms, not exactly one")
            }
        case .not(let index):
            if matches(index, value, place) { report(node, "not", place, "this is not allowed") }
        case .condition(let test, let then, let otherwise):
            if matches(test, value, place) {
                if let then { check(then, value, place) }
            } else if let otherwise {
                check(otherwise, value, place)
            }
        case .reference(let index): check(index, value, place)
        default: return
        }
    }
}
