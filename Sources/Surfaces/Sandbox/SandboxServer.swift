import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// The sandbox as a service: a small world of third parties that fail on demand, over HTTP/1.1.
///
/// Everything is in memory and bounded (`SandboxLimits`); a restart starts the world anew.
package struct SandboxServer: Service {
    private let configuration: SandboxConfiguration
    private let logger: Logger
    private let onReady: @Sendable (Int) async -> Void

    /// - Parameters:
    ///   - configuration: Where to listen.
    ///   - logger: Gets nothing above `debug`, except when listening fails.
    ///   - onReady: Called once with the bound port, when requests are accepted.
    package init(
        configuration: SandboxConfiguration,
        logger: Logger,
        onReady: @escaping @Sendable (Int) async -> Void = { _ in },
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onReady = onReady
    }

    /// Serves until graceful shutdown or cancellation; throws when the port is taken.
    package func run() async throws {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let onReady = onReady
        let application = Application(
            responder: SandboxResponder(hold: configuration.hold),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host, port: configuration.port),
                serverName: "sandbox",
            ),
            onServerRunning: { channel in
                if let port = channel.localAddress?.port { await onReady(port) }
            },
            logger: quiet,
        )
        try await application.run()
    }
}
