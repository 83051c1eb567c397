import ArgumentParser
import Model

/// `backstop audit`
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Show who changed what, newest first.",
        discussion: """
            EXAMPLES
              backstop audit
              backstop audit --target ins_…            all that was done to one instance
              backstop audit --target project          every apply
              backstop audit --format json | jq '.audit[] | {at, action, before, after}'
            """,
    )

    @OptionGroup var server: ServerOptions
    @OptionGroup var page: PageOptions
    @Option(name: .long, help: "The id of what was changed.") var target: String?

    func run() async throws {
        let query: [(String, String?)] = [("target", target)] + page.query
        let records = try await server.client.get("/v1/audit", query: query)
        server.show(
            records,
            "audit",
            ["at", "action", "target.id", "actor.kind", "actor.id", "actor.role"],
        )
    }
}
