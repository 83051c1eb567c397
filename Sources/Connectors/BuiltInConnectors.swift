import ConnectorKit
import Definitions
import Logging
import Model

/// The connectors that come with Backstop, and those that a project declares over HTTP.
package final class BuiltInConnectors: Sendable {
    package let registry: ConnectorRegistry
    /// The OAuth client, through the same guard as every request.
    package let tokens: any TokenService
    private let resolver: SystemResolver
    private let pool: ClientPool
    private let transport: HTTPTransport

    private init(
        registry: ConnectorRegistry,
        tokens: any TokenService,
        resolver: SystemResolver,
        pool: ClientPool,
        transport: HTTPTransport,
    ) {
        self.registry = registry
        self.tokens = tokens
        self.resolver = resolver
        self.pool = pool
        self.transport = transport
    }

    /// What is always there, without the project's own.
    package static let catalog: [ConnectorSpec] = [
        ExecutionConnector.declared, HTTPConnector.declared, LogConnector.declared,
        MockConnector.declared, StorageConnector.declared,
    ]

    /// The parameters of every built-in operation by `connector.operation`, for checks of a project.
    package static let schemas: [String: JSONSchema] = {
        var schemas: [String: JSONSchema] = [:]
        for spec in catalog {
            for operation in spec.operations {
                do {
                    schemas["\(spec.name).\(operation.name)"] = try JSONSchema(operation.parameters)
                } catch {
                    // The contract suite compiles every schema; one that does not is left out.
                }
            }
        }
        return schemas
    }()

    /// Makes them.
    ///
    /// ``shutdown()`` must be called when they are no longer needed.
    ///
    /// - Throws: A `configuration` problem: a bad entry of `allowed_hosts` (B2401), two connectors
    ///   of one name (B2491), a declaration with mistakes (B2492).
    package static func make(
        configuration: ConnectorsConfiguration,
        declarative: [ConnectorDefinition] = [],
        logger: Logger,
    ) throws(Problem) -> BuiltInConnectors {
        let egress = EgressGuard(allowList: try AllowList(configuration.allowedHosts))
        let resolver = SystemResolver()
        let pool = ClientPool(
            limit: configuration.idleClients,
            connectionsPerHost: configuration.connectionsPerHost,
        )
        let transport = HTTPTransport(egress: egress, resolver: resolver, pool: pool)
        let registry = try Self.registry(declarative, over: transport)
        resolver.start()
        logger.debug("connectors are ready", metadata: ["count": "\(registry.connectors.count)"])
        return BuiltInConnectors(
            registry: registry,
            tokens: OAuthTokenService(transport: transport),
            resolver: resolver,
            pool: pool,
            transport: transport,
        )
    }

    /// The connectors of another project, over the same connections. Requests fall under its
    /// allowed hosts once `activate` was called.
    ///
    /// - Throws: as ``make(configuration:declarative:logger:)`` does; nothing has changed then.
    package func remake(
        allowedHosts: [String],
        declarative: [ConnectorDefinition],
    ) throws(Problem) -> (registry: ConnectorRegistry, activate: @Sendable () -> Void) {
        let allowed = try AllowList(allowedHosts)
        let egress = transport.egress
        return (
            try Self.registry(declarative, over: transport), { egress.use(allowed) },
        )
    }

    private static func registry(
        _ declarative: [ConnectorDefinition],
        over transport: HTTPTransport,
    ) throws(Problem) -> ConnectorRegistry {
        var registry = ConnectorRegistry()
        try registry.register(HTTPConnector(transport: transport))
        try registry.register(StorageConnector())
        try registry.register(LogConnector())
        try registry.register(ExecutionConnector())
        try registry.register(MockConnector())
        for definition in declarative {
            try registry.register(
                DeclarativeConnector(definition: definition, transport: transport)
            )
        }
        return registry
    }

    /// Closes connections; requests in flight end first with their own result.
    package func shutdown() async {
        await pool.shutdown()
        await resolver.shutdown()
    }
}
