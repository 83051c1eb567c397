import Engine
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The API and the webhooks as a service, over HTTP/1.1.
package struct HTTPAPIServer: Service {
    private let configuration: HTTPAPIConfiguration
    private let handlers: APIHandlers
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - projects: how projects are planned and applied; nil: they are not.
    ///   - onReady: called once with the bound port, when requests are taken.
    package init(
        engine: Engine,
        projects: Projects? = nil,
        configuration: HTTPAPIConfiguration,
        logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in },
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
        handlers = APIHandlers(
            engine: engine,
            projects: projects ?? Projects(engine: engine),
            ingress: WebhookIngress(
                engine: engine,
                baseURL: configuration.publicURL,
                logger: logger,
            ),
            gate: AdminGate(engine: engine, given: configuration.adminToken),
            configuration: configuration,
        )
    }

    /// Serves until graceful shutdown; throws when the port is taken.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let onReady = onReady
        let engine = handlers.engine
        let configuration = configuration
        let channels = HTTP1Channel.Configuration(
            additionalChannelHandlers: [
                RequestDeadlines(head: configuration.headTimeout, body: configuration.bodyTimeout)
            ],
            idleTimeout: .milliseconds(configuration.idleTimeout.milliseconds),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 2 * WebhookLimits.headerBytes,
                maxHeaderListSize: 4 * WebhookLimits.headerBytes,
                maxHeaderFieldCount: 4 * WebhookLimits.headerCount,
            ),
        )
        let application = Application(
            responder: APIResponder(handlers: handlers),
            server: .http1(configuration: channels),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "backstop",
                availableConnectionsDelegate: .maximum(
                    configuration.connections,
                    logger: quiet,
                ),
            ),
            onServerRunning: { channel in
                await engine.untilReady()
                if let port = channel.localAddress?.port { await onReady(port) }
            },
            logger: quiet,
        )
        try await application.run()
    }
}
