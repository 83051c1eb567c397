import Model

/// The names that the engine gives values to. Their raw value is their place in an
/// ``Environment``.
package enum Variable: Int, Sendable, Hashable, CaseIterable {
    case trigger, steps, errors, error, config, execution, instance, user, item, index
    case attempt, service, input, auth, response, items, cursor, request, subscription

    package var name: String { String(describing: self) }

    package init?(name: String) {
        guard let found = Self.byName[name] else { return nil }
        self = found
    }

    private static let byName = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.name, $0) }
    )
}

/// A set of variables: which ones a place may use.
package struct VariableSet: Sendable, Hashable, ExpressibleByArrayLiteral {
    private var bits: UInt32 = 0

    package init(arrayLiteral elements: Variable...) {
        for element in elements { insert(element) }
    }

    package init(_ elements: [Variable]) {
        for element in elements { insert(element) }
    }

    package mutating func insert(_ variable: Variable) { bits |= 1 << UInt32(variable.rawValue) }
    package func contains(_ variable: Variable) -> Bool {
        bits & (1 << UInt32(variable.rawValue)) != 0
    }
    package func union(_ other: VariableSet) -> VariableSet {
        var result = self
        result.bits |= other.bits
        return result
    }

    package var elements: [Variable] { Variable.allCases.filter(contains) }

    /// What every step may use.
    package static let workflow: VariableSet = [
        .trigger, .steps, .errors, .config, .execution, .instance, .user,
    ]
    package static let all = VariableSet(Variable.allCases)
}

/// The values that an expression sees.
package struct Environment: Sendable {
    private var values: [JSONValue?]
    /// The value of `.`
    package var input: JSONValue
    /// The value of `now`.
    package var now: Timestamp
    /// Values of variables that the caller named itself.
    package var named: [String: JSONValue] = [:]

    package init(input: JSONValue = .null, now: Timestamp = Timestamp(milliseconds: 0)) {
        self.input = input
        self.now = now
        values = [JSONValue?](repeating: nil, count: Variable.allCases.count)
    }

    /// A variable without a value is null.
    package subscript(variable: Variable) -> JSONValue {
        get { values[variable.rawValue] ?? .null }
        set { values[variable.rawValue] = newValue }
    }

    /// Changes a value in place, without copying it.
    package mutating func update(_ variable: Variable, _ body: (inout JSONValue) -> Void) {
        var value = values[variable.rawValue] ?? .null
        values[variable.rawValue] = nil
        body(&value)
        values[variable.rawValue] = value
    }
}
