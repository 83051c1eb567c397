import ArgumentParser
import Model

/// `backstop doctor`
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Look whether every failure is accounted for; exit code 1 when one is not.",
        discussion: """
            Every failed execution has its failure, every failure its one disposition, every alert \
            is delivered, on its way or a dead letter. The server looks every 5 minutes by itself.

            EXAMPLES
              backstop doctor
              backstop doctor --repair --depth 100000
            """,
    )

    @OptionGroup var server: ServerOptions
    @Flag(name: .long, help: "Mend what is found.") var repair = false
    @Option(name: .long, help: "How many of each kind, the newest first.") var depth = 10_000

    func run() async throws {
        let body: JSONValue = ["repair": .bool(repair), "depth": .integer(Int64(depth))]
        let report = try await server.client.post("/v1/doctor", body)
        if server.format == .json {
            server.show(report)
        } else {
            let terminal = Terminal()
            for check in report["checks"]?.arrayValue ?? [] {
                terminal.out(Self.line(check, terminal))
            }
        }
        if report["well"]?.boolValue != true { throw ExitCode(ProgramExit.failure.rawValue) }
    }

    private static func line(_ check: JSONValue, _ terminal: Terminal) -> String {
        let found = check["found"]?.integerValue ?? 0
        let repaired = check["repaired"]?.integerValue ?? 0
        let isWell = found == repaired
        let mark = terminal.styled(isWell ? "ok  " : "FAIL", isWell ? .green : .red)
        var text = "\(mark)  \(check["promise"]?.stringValue ?? "")"
        text += " (\(check["examined"]?.integerValue ?? 0) looked at"
        if found > 0 { text += ", \(found) found, \(repaired) mended" }
        text += ")"
        let examples = (check["examples"]?.arrayValue ?? []).compactMap(\.stringValue)
        if !examples.isEmpty { text += "\n      \(examples.joined(separator: " "))" }
        return text
    }
}
