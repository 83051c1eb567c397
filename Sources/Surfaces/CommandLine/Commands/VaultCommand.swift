import ArgumentParser
import Model

/// `backstop vault`
struct VaultCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vault",
        abstract: "See and change the keys that seal what is secret.",
        discussion: """
            Credentials and secret settings are sealed with the newest key of the key ring; every \
            key of the ring opens. `rotate` reads the ring again and seals anew what older keys \
            sealed, while the server works. It can be stopped and asked for again at any time.

            EXAMPLES
              backstop vault status
              backstop vault rotate --add-key      make a new key, and seal everything with it
              backstop vault rotate                after a line was added to the key file by hand

            A key whose count is 0 may be taken out of the file when the executions of its time \
            are deleted (`retention`): they may hold secrets that a service sent. Keep a copy of \
            the file apart from the copies of the data: without its key, a sealed value is lost.
            """,
        subcommands: [StatusCommand.self, RotateCommand.self],
        defaultSubcommand: StatusCommand.self,
    )

    static func show(_ status: JSONValue, _ terminal: Terminal) {
        for key in status["keys"]?.arrayValue ?? [] {
            let id = key["id"]?.stringValue ?? ""
            let words = key["seals"]?.boolValue == true ? "  seals" : ""
            terminal.out("\(id)  \(key["values"]?.integerValue ?? 0) values\(words)")
        }
        if let resealed = status["resealed"]?.integerValue {
            terminal.out("\(resealed) records were sealed anew")
        }
        if let older = status["to_reseal"]?.integerValue, older > 0 {
            terminal.out("\(older) values are sealed with an older key: `backstop vault rotate`")
        }
        if let lost = status["lost"]?.integerValue, lost > 0 {
            terminal.out("\(lost) values are sealed with a key that the ring does not have")
        }
        if let unreadable = status["unreadable"]?.integerValue, unreadable > 0 {
            terminal.out("\(unreadable) records do not open; the log names the reason")
        }
    }

    struct StatusCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "status",
            abstract: "Show the keys, and how many values each of them seals.",
        )

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let status = try await server.client.get("/v1/vault")
            if server.format == .json {
                Terminal().out(JSONWriter.string(status, pretty: true))
            } else {
                VaultCommand.show(status, Terminal())
            }
        }
    }

    struct RotateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Seal everything with the newest key.",
        )

        @OptionGroup var server: ServerOptions

        @Flag(name: .long, help: "Add a new key to the key file first.")
        var addKey = false

        func run() async throws {
            let result = try await server.client.post(
                "/v1/vault/rotate",
                ["add_key": .bool(addKey)],
                hours: 12,
            )
            if server.format == .json {
                Terminal().out(JSONWriter.string(result, pretty: true))
            } else {
                VaultCommand.show(result, Terminal())
            }
            let isWhole =
                result["to_reseal"]?.integerValue == 0 && result["unreadable"]?.integerValue == 0
            if !isWhole { throw ExitCode(ProgramExit.failure.rawValue) }
        }
    }
}
