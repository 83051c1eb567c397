import Model

/// A service that workflows use: the public SDK's one protocol.
public protocol Connector: Sendable {
    /// What it is and what can be done with it; read once, at start.
    var spec: ConnectorSpec { get }

    /// Runs one attempt of one operation and gives the step's output.
    ///
    /// The input was checked against the operation's parameters. Cancellation of the task must stop
    /// the work; the engine cancels at the deadline.
    /// - Throws: the typed problem; anything else becomes a `runtime` problem.
    func run(_ call: OperationCall) async throws(Problem) -> JSONValue
}

/// What a connector declares about itself.
public struct ConnectorSpec: Sendable {
    /// `[a-z][a-z0-9_]*`, unique in the deployment: the part before the dot in `run`.
    public var name: String
    /// For people: `Salesforce`.
    public var title: String
    /// One sentence.
    public var summary: String
    /// The connector's own version; problems carry it.
    public var version: String
    /// The kinds of credentials that it takes.
    public var authentications: [AuthenticationKind]
    /// What can be done with it; at least one, names unique.
    public var operations: [OperationSpec]

    /// Makes one from its members.
    public init(
        name: String,
        title: String,
        summary: String = "",
        version: String = "1",
        authentications: [AuthenticationKind] = [],
        operations: [OperationSpec],
    ) {
        self.name = name
        self.title = title
        self.summary = summary
        self.version = version
        self.authentications = authentications
        self.operations = operations
    }
}

/// How a service wants to be convinced.
public enum AuthenticationKind: String, Sendable, Hashable, CaseIterable {
    case none, bearer, basic, apiKey = "api_key", headers
}

/// Whether running an operation twice does harm.
public enum Idempotency: String, Sendable, Hashable, CaseIterable {
    /// Twice is as once.
    case natural
    /// Twice is as once thanks to the idempotency key.
    case key
    /// Twice may be two.
    case none
}

/// What one operation declares: validation, documentation, schema, lint and route map come from it.
public struct OperationSpec: Sendable {
    /// `[a-z][a-z0-9_]*`: the part after the dot in `run`.
    public var name: String
    /// One sentence.
    public var summary: String
    /// JSON Schema (2020-12) of the parameters: always of type object.
    public var parameters: JSONValue
    /// JSON Schema of the output.
    public var result: JSONValue
    /// What it does to the world.
    public var sideEffect: SideEffect
    /// Whether a repeated attempt does harm.
    public var idempotency: Idempotency
    /// What it can fail with, besides `timeout`, `cancelled` and `runtime`.
    public var problems: Set<ProblemType>
    /// Bounds an attempt when the workflow says nothing.
    public var timeout: TimeSpan
    /// Sizes and counts beyond which it refuses, in words, for the documentation.
    public var limits: String
    /// Inputs that match ``parameters``.
    public var examples: [JSONValue]

    /// Makes one from its members.
    public init(
        name: String,
        summary: String,
        parameters: JSONValue,
        result: JSONValue = .bool(true),
        sideEffect: SideEffect,
        idempotency: Idempotency,
        problems: Set<ProblemType>,
        timeout: TimeSpan = TimeSpan(milliseconds: 30_000),
        limits: String = "",
        examples: [JSONValue] = [],
    ) {
        self.name = name
        self.summary = summary
        self.parameters = parameters
        self.result = result
        self.sideEffect = sideEffect
        self.idempotency = idempotency
        self.problems = problems
        self.timeout = timeout
        self.limits = limits
        self.examples = examples
    }
}
