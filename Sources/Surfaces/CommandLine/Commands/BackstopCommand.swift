import ArgumentParser

/// `backstop`: the root of all commands.
package struct BackstopCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "backstop",
        abstract: "An embedded integration runtime whose heart is error handling.",
        discussion: """
            A project folder holds workflows in YAML; `serve` runs them durably behind webhooks.

            START HERE
              backstop validate examples/demo          check a project
              backstop serve --project examples/demo --with-sandbox
              curl -i -d '{"name":"Ada"}' http://127.0.0.1:8787/hooks/hello
              backstop executions list                 what ran, and how it ended

            EMBED IT
              backstop serve                           a server without a folder
              backstop plan . && backstop apply .      make a project live on it
              backstop end-users create acme           then: authentications, instances

            EXIT CODES
            \(ProgramExit.allCases.map { "  \($0.rawValue)\t\($0.meaning)" }.joined(separator: "\n"))
            """,
        subcommands: [
            ServeCommand.self, RunCommand.self, ValidateCommand.self, SchemaCommand.self,
            EvalCommand.self, PlanCommand.self, ApplyCommand.self, EndUsersCommand.self,
            SolutionsCommand.self, InstancesCommand.self, AuthenticationsCommand.self,
            APIKeysCommand.self, AuditCommand.self, ExecutionsCommand.self, ResumeCommand.self,
            ReplayCommand.self, ReplaysCommand.self, FailuresCommand.self, IssuesCommand.self,
            AlertsCommand.self, SilenceCommand.self, DoctorCommand.self, ConnectionsCommand.self,
            VaultCommand.self, SandboxCommand.self, VersionCommand.self,
        ],
    )

    package init() {}

    /// Parses the arguments, runs the command, and gives the exit code.
    package static func run(arguments: [String]) async -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return ProgramExit.success.rawValue
        } catch let failure as CommandFailure {
            Terminal().error("backstop: \(failure.message)")
            return failure.exit.rawValue
        } catch {
            let code = exitCode(for: error).rawValue
            let text = fullMessage(for: error)
            if !text.isEmpty {
                if code == 0 { Terminal().out(text) } else { Terminal().error(text) }
            }
            return code
        }
    }
}

/// `backstop version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Print the version.",
    )

    func run() throws {
        Terminal().out("backstop \(BackstopVersion.current)")
    }
}

/// The program's version (Semantic Versioning 2.0).
package enum BackstopVersion {
    package static let current = "0.1.0"
}
