import Model

/// The connectors of a deployment, by name.
public struct ConnectorRegistry: Sendable {
    /// In the order in which they were registered.
    public private(set) var connectors: [any Connector] = []
    private var positions: [String: Int] = [:]

    /// A registry without connectors.
    public init() {}

    /// Registers all of them.
    ///
    /// - Throws: A `configuration` problem, as ``register(_:)``.
    public init(_ connectors: [any Connector]) throws(Problem) {
        for connector in connectors { try register(connector) }
    }

    /// Adds one connector.
    ///
    /// - Throws: A `configuration` problem: B2491 when the name is taken, B2492 when its
    ///   specification has mistakes, which the problem's `data` lists.
    public mutating func register(_ connector: any Connector) throws(Problem) {
        let spec = connector.spec
        guard positions[spec.name] == nil else {
            throw Problem(
                .configuration,
                detail: "there are two connectors named \(spec.name)",
                code: "B2491",
            )
        }
        let mistakes = spec.mistakes()
        guard mistakes.isEmpty else {
            var problem = Problem(
                .configuration,
                detail: "the connector \(spec.name) declares itself wrongly: "
                    + mistakes.prefix(3).joined(separator: "; "),
                code: "B2492",
            )
            problem.data = .array(mistakes.map(JSONValue.string))
            throw problem
        }
        positions[spec.name] = connectors.count
        connectors.append(connector)
    }

    /// The connector of this name.
    public subscript(name: String) -> (any Connector)? {
        positions[name].map { connectors[$0] }
    }

    /// What every connector declares, in order of their names.
    public var catalog: [ConnectorSpec] {
        connectors.map(\.spec).sorted { $0.name < $1.name }
    }

    /// What `connector.operation` declares.
    public func operation(_ connector: String, _ operation: String) -> OperationSpec? {
        self[connector]?.spec.operations.first { $0.name == operation }
    }
}
