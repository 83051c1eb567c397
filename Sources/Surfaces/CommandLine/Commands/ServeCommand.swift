import ArgumentParser

/// `backstop serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run a project: webhooks in, durable executions out.",
        discussion: """
            Without --project it runs what `backstop apply` made live last, or waits for the \
            first apply. With --project it runs that folder, and nothing can be applied to it; \
            --watch reads the folder again whenever it changes.

            The first start makes an admin token and shows it once; BACKSTOP_ADMIN_TOKEN gives \
            one of your own instead. Ctrl-C (SIGINT or SIGTERM) ends in order: no new starts, \
            steps in flight finish or are handed back, nothing is lost.

            EXAMPLES
              backstop serve --project examples/demo --with-sandbox
              backstop serve --project . --watch
              backstop serve --data /var/lib/backstop --host 0.0.0.0 --port 80
              backstop apply .                         then, from where the project is
            """,
    )

    @Option(name: .long, help: "Run this folder instead of what was applied.")
    var project: String?

    @Flag(name: .long, help: "Read the folder again whenever it changes; for development.")
    var watch = false

    @Flag(
        name: .long,
        help: "A version may change its content without a new number; --watch implies it.",
    )
    var development = false

    @Option(name: .long, help: "Where the database lives; made when missing.")
    var data = "var/backstop"

    @Option(name: .long, help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port to listen on; 0 takes a free one.")
    var port = 8787

    @Option(
        name: .long,
        help: "How others reach this server: https://… (BACKSTOP_PUBLIC_URL).",
    )
    var publicURL: String?

    @Flag(name: .long, help: "Also run the sandbox of third parties, for the demo project.")
    var withSandbox = false

    @Option(name: .long, help: "The sandbox's port.")
    var sandboxPort = 8788

    @Option(name: .long, help: "debug, info, warning, error or critical.")
    var logLevel = "info"

    @Option(name: .long, help: "How log lines look: text or json.")
    var logFormat = "text"

    mutating func validate() throws {
        guard !watch || project != nil else {
            throw ValidationError("--watch needs --project: the folder to watch")
        }
        guard (0...65_535).contains(port), (0...65_535).contains(sandboxPort) else {
            throw ValidationError("a port is a number from 0 to 65535")
        }
        if let publicURL, !publicURL.hasPrefix("https://"), !publicURL.hasPrefix("http://") {
            throw ValidationError("--public-url begins with https:// or http://")
        }
        guard ServeSettings.LogFormat(rawValue: logFormat) != nil else {
            throw ValidationError("--log-format is text or json, not \(logFormat)")
        }
        guard ["debug", "info", "warning", "error", "critical"].contains(logLevel) else {
            throw ValidationError("--log-level is debug, info, warning, error or critical")
        }
    }

    func run() async throws {
        let host = try ProgramContext.require()
        let terminal = Terminal()
        let loaded = try project.map { try Self.load($0, host, terminal) }
        try await host.serve(
            ServeSettings(
                dataDirectory: data,
                host: self.host,
                port: port,
                publicURL: publicURL ?? ServerClient.environment("BACKSTOP_PUBLIC_URL") ?? "",
                sandboxPort: withSandbox ? sandboxPort : nil,
                logLevel: logLevel,
                logFormat: ServeSettings.LogFormat(rawValue: logFormat) ?? .text,
                isWatching: watch,
                isDevelopment: development || watch,
                isInteractive: terminal.isLive,
            ),
            project: loaded,
        )
    }

    private static func load(
        _ path: String,
        _ host: any ProgramHost,
        _ terminal: Terminal,
    ) throws -> LoadedProject {
        let loaded = try ValidateCommand.load(path, host: host)
        if !loaded.findings.isEmpty {
            terminal.error(host.render(loaded.findings, in: loaded, colour: terminal.isLive))
        }
        guard loaded.definition != nil else {
            throw CommandFailure(
                .failure,
                "the project has \(loaded.errorCount) errors; nothing was started",
            )
        }
        return loaded
    }
}

/// `backstop sandbox`
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Run a small world of third parties that fail on demand.",
        discussion: """
            A CRM, an ERP, a partner's status endpoint and a message channel, to try workflows \
            and their error handling against. Its front page says how to make them fail.

            EXAMPLE
              backstop sandbox --port 8788
              curl -d '{"service":"erp","fault":"429","times":2,"retry_after":1}' \\
                http://127.0.0.1:8788/_sandbox/faults
            """,
    )

    @Option(name: .long, help: "The address to listen on.")
    var host = "127.0.0.1"

    @Option(name: .long, help: "The port to listen on; 0 takes a free one.")
    var port = 8788

    func run() async throws {
        try await ProgramContext.require().sandbox(host: host, port: port)
    }
}
