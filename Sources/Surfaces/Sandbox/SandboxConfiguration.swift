/// Where the sandbox listens, and how long it keeps a caller waiting who asked for `timeout`.
package struct SandboxConfiguration: Sendable {
    package var host: String
    /// 0 lets the system choose; `onReady` tells which.
    package var port: Int
    /// How long a connection is held open without an answer, unless the caller goes first.
    package var hold: Duration

    package init(host: String = "127.0.0.1", port: Int = 8788, hold: Duration = .seconds(120)) {
        self.host = host
        self.port = port
        self.hold = hold
    }
}
