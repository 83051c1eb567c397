import Model

/// Writing and deleting inside values by path.
enum Change {
    /// The largest array index that may be written.
    static let indexLimit = 1_000_000

    static func get(
        _ value: JSONValue,
        _ path: ArraySlice<JSONValue>,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        var value = value
        for step in path { value = value.isNull ? .null : try Access.index(value, step, at) }
        return value
    }

    static func set(
        _ target: inout JSONValue,
        _ path: ArraySlice<JSONValue>,
        to new: JSONValue,
        _ evaluator: Evaluator,
        _ at: Int,
    ) throws(Stop) {
        guard let step = path.first else {
            try evaluator.measure(new)
            target = new
            return
        }
        guard path.count <= Budget.nestingLimit else {
            throw evaluator.fail(.depth, "the path is too long", at)
        }
        try evaluator.tick()
        let rest = path.dropFirst()
        switch step {
        case .string(let name):
            var object: JSONObject
            switch target {
            case .null: object = JSONObject()
            case .object(let existing): object = existing
            default: throw wrong(target, step, at)
            }
            target = .null
            var inner = object[name] ?? .null
            object[name] = .null
            try set(&inner, rest, to: new, evaluator, at)
            object[name] = inner
            target = .object(object)
        case .integer, .number:
            try setElement(&target, step, rest, new, evaluator, at)
        case .object(let range):
            try setSlice(&target, range, rest, new, evaluator, at)
        default:
            throw wrong(target, step, at)
        }
    }

    private static func wrong(_ target: JSONValue, _ step: JSONValue, _ at: Int) -> Stop {
        let what =
            step.stringValue.map { "\"\($0)\"" } ?? step.typeName
        return .error(
            EvaluationError(.type, "Cannot index \(target.typeName) with \(what)", at: at)
        )
    }

    private static func setElement(
        _ target: inout JSONValue,
        _ step: JSONValue,
        _ rest: ArraySlice<JSONValue>,
        _ new: JSONValue,
        _ evaluator: Evaluator,
        _ at: Int,
    ) throws(Stop) {
        var elements: [JSONValue]
        switch target {
        case .null: elements = []
        case .array(let existing): elements = existing
        default: throw wrong(target, step, at)
        }
        let number = (step.doubleValue ?? 0).rounded(.down)
        guard number.magnitude <= Double(indexLimit) else {
            throw Stop.error(
                EvaluationError(
                    .memoryBudget,
                    "array index \(number) is beyond \(indexLimit)",
                    at: at,
                )
            )
        }
        var index = Int(number)
        if index < 0 { index += elements.count }
        guard index >= 0 else {
            throw Stop.error(
                EvaluationError(.invalidArgument, "Out of bounds negative array index", at: at)
            )
        }
        target = .null
        if index >= elements.count {
            try evaluator.charge((index - elements.count + 1) * 16)
            elements += repeatElement(.null, count: index - elements.count + 1)
        }
        var inner = elements[index]
        elements[index] = .null
        try set(&inner, rest, to: new, evaluator, at)
        elements[index] = inner
        target = .array(elements)
    }

    private static func setSlice(
        _ target: inout JSONValue,
        _ range: JSONObject,
        _ rest: ArraySlice<JSONValue>,
        _ new: JSONValue,
        _ evaluator: Evaluator,
        _ at: Int,
    ) throws(Stop) {
        var elements: [JSONValue]
        switch target {
        case .null: elements = []
        case .array(let existing): elements = existing
        default: throw wrong(target, .object(range), at)
        }
        let bounds = try Access.range(
            elements.count,
            range["start"] ?? .null,
            range["end"] ?? .null,
            at,
        )
        var inner = JSONValue.array(Array(elements[bounds]))
        try set(&inner, rest, to: new, evaluator, at)
        guard case .array(let replacement) = inner else {
            throw Stop.error(
                EvaluationError(
                    .type,
                    "A slice of an array can only be assigned another array",
                    at: at,
                )
            )
        }
        try evaluator.charge((elements.count + replacement.count) * 16)
        elements.replaceSubrange(bounds, with: replacement)
        target = .array(elements)
    }

    /// Deletes places, the last ones first, so that earlier deletions move nothing.
    static func delete(
        _ paths: [JSONValue],
        from value: JSONValue,
        _ evaluator: Evaluator,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        guard !paths.isEmpty else { return value }
        try evaluator.tick(paths.count)
        var result = value
        for path in Order.sorted(paths).reversed() {
            result = try delete(
                try evaluator.pathArray(path, at)[...],
                from: result,
                evaluator,
                at,
            )
        }
        return result
    }

    private static func delete(
        _ path: ArraySlice<JSONValue>,
        from value: JSONValue,
        _ evaluator: Evaluator,
        _ at: Int,
    ) throws(Stop) -> JSONValue {
        try evaluator.tick()
        guard let step = path.first else { return .null }
        if value.isNull { return .null }
        guard path.count == 1 else {
            let inner = try Access.index(value, step, at)
            if inner.isNull { return value }
            var result = value
            let changed = try delete(path.dropFirst(), from: inner, evaluator, at)
            try set(&result, [step], to: changed, evaluator, at)
            return result
        }
        switch (value, step) {
        case (.object(var object), .string(let name)):
            object.removeValue(forKey: name)
            return .object(object)
        case (.array(var elements), .integer), (.array(var elements), .number):
            var index = Int(max(-1e9, min(1e9, (step.doubleValue ?? 0).rounded(.down))))
            if index < 0 { index += elements.count }
            if elements.indices.contains(index) { elements.remove(at: index) }
            return .array(elements)
        case (.array(var elements), .object(let range)):
            let bounds = try Access.range(
                elements.count,
                range["start"] ?? .null,
                range["end"] ?? .null,
                at,
            )
            elements.removeSubrange(bounds)
            return .array(elements)
        default:
            throw Stop.error(
                EvaluationError(
                    .type,
                    "Cannot delete field at \(step.typeName) index of \(value.typeName)",
                    at: at,
                )
            )
        }
    }
}
