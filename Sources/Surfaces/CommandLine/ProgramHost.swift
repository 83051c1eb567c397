import Definitions
import Engine
import Model

/// What the program gives to the commands: they link no store, connector or server themselves.
package protocol ProgramHost: Sendable {
    /// Reads and checks a project folder. Throws only when the folder cannot be read.
    func load(project path: String) throws -> LoadedProject
    /// Serves until SIGINT or SIGTERM; without a project, what was applied last.
    func serve(_ settings: ServeSettings, project: LoadedProject?) async throws
    /// Runs the sandbox of third parties until SIGINT or SIGTERM.
    func sandbox(host: String, port: Int) async throws
    /// An engine on a store in memory, running while `body` does.
    func withTemporaryEngine(
        _ project: LoadedProject,
        allowPrivateHosts: Bool,
        _ body: @escaping @Sendable (Engine) async throws -> Void,
    ) async throws
    /// The JSON Schema of a kind of file: `workflow`, `solution`, `account`, `connector`.
    func schema(of kind: String) -> JSONValue?
    /// Findings as text for people, with the source lines.
    func render(_ findings: [Finding], in project: LoadedProject, colour: Bool) -> String
    func renderJSON(_ findings: [Finding]) -> JSONValue
}

/// A project folder as it was found.
package struct LoadedProject: Sendable {
    package var path: String
    /// Nil when the findings hold an error.
    package var definition: ProjectDefinition?
    package var findings: [Finding]
    /// Text by relative path, for showing lines.
    package var sources: [String: String]

    package init(
        path: String,
        definition: ProjectDefinition?,
        findings: [Finding],
        sources: [String: String],
    ) {
        self.path = path
        self.definition = definition
        self.findings = findings
        self.sources = sources
    }

    package var errorCount: Int { findings.count { $0.severity == .error } }
}

/// What `backstop serve` was asked for.
package struct ServeSettings: Sendable {
    package var dataDirectory: String
    package var host: String
    package var port: Int
    /// How others reach the server; empty when only this machine does.
    package var publicURL: String
    /// The sandbox runs in the same process on this port.
    package var sandboxPort: Int?
    package var logLevel: String
    package var logFormat: LogFormat
    /// The folder is read again whenever it changes.
    package var isWatching: Bool
    /// A version may change its content without a new number.
    package var isDevelopment: Bool
    /// On a terminal the start says what to try.
    package var isInteractive: Bool

    package enum LogFormat: String, Sendable, CaseIterable { case text, json }

    package init(
        dataDirectory: String,
        host: String,
        port: Int,
        publicURL: String = "",
        sandboxPort: Int?,
        logLevel: String,
        logFormat: LogFormat,
        isWatching: Bool = false,
        isDevelopment: Bool = false,
        isInteractive: Bool,
    ) {
        self.dataDirectory = dataDirectory
        self.host = host
        self.port = port
        self.publicURL = publicURL
        self.sandboxPort = sandboxPort
        self.logLevel = logLevel
        self.logFormat = logFormat
        self.isWatching = isWatching
        self.isDevelopment = isDevelopment
        self.isInteractive = isInteractive
    }
}

/// How the commands reach their host.
package enum ProgramContext {
    @TaskLocal package static var host: (any ProgramHost)?

    static func require() throws -> any ProgramHost {
        guard let host else { throw CommandFailure(.software, "the program gave no host") }
        return host
    }
}
