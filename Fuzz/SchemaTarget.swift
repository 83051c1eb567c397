import Model

/// A schema in the first line, what it is held against in the rest. A first line that is no JSON
/// is a regular expression, and the rest a text.
enum SchemaTarget {
    static func run(_ bytes: [UInt8]) {
        let (first, second) = halves(bytes)
        guard case .success(let source) = JSONTarget.read(first, JSONLimits()) else {
            return match(String(decoding: first, as: UTF8.self), second)
        }
        let read = JSONTarget.read(second, JSONLimits())
        let instance: JSONValue
        if case .success(let value) = read { instance = value } else { instance = source }
        do throws(JSONSchemaError) {
            let schema = try JSONSchema(source)
            let violations = schema.validate(instance)
            insist(violations.count <= JSONSchema.violationLimit, "too many violations")
            insist(schema.accepts(instance) == violations.isEmpty, "accepted with violations")
            insist(schema.validate(instance) == violations, "other violations the second time")
            for violation in violations { check(violation, source, instance) }
        } catch {
            insist(!error.message.isEmpty, "a refusal that says nothing")
            let place = JSONPointer.resolve(error.pointer, in: source)
            insist(place != nil, "\(error): \(error.pointer) is nowhere")
        }
    }

    private static func check(
        _ violation: JSONSchema.Violation,
        _ source: JSONValue,
        _ instance: JSONValue,
    ) {
        insist(!violation.message.isEmpty, "a violation that says nothing")
        let place = JSONPointer.resolve(violation.instance, in: instance)
        insist(place != nil, "\(violation) is nowhere in the instance")
        let rule = JSONPointer.resolve(violation.schema, in: source)
        insist(rule != nil, "\(violation) is nowhere in the schema")
    }

    // MARK: Regular expressions

    private static let flags: [LinearRegex.Options] = [
        [], .ignoreCase, .extended, .dotMatchesNewline,
    ]

    private static func match(_ pattern: String, _ bytes: [UInt8]) {
        let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        for options in flags {
            do throws(RegexError) {
                check(try LinearRegex(pattern, options: options), text)
            } catch {
                insist(!error.message.isEmpty, "a refusal that says nothing")
                let length = pattern.unicodeScalars.count
                insist((0...length).contains(error.offset), "\(error) is outside the pattern")
            }
        }
    }

    private static func check(_ regex: LinearRegex, _ text: [Unicode.Scalar]) {
        var steps = 0
        guard let match = regex.firstMatch(in: text, steps: &steps) else { return }
        insist((0...text.count).contains(match.range.upperBound), "a match outside the text")
        insist(match.groups.count == regex.groupNames.count, "another number of groups")
        for group in match.groups {
            guard let group else { continue }
            insist((0...text.count).contains(group.upperBound), "a group outside the text")
        }
        let bound = (text.count + 1) * (LinearRegex.programLimit + 1) * 2
        insist(steps <= bound, "\(steps) steps are more than linear")
    }
}
