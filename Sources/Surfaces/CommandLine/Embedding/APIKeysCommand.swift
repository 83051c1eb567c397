import ArgumentParser
import Model

/// `backstop api-keys`
struct APIKeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api-keys",
        abstract: "See and manage the keys of your people and programs.",
        discussion: """
            A key's text is shown once, when it is made; the server keeps its hash. Roles: admin, \
            builder, support.

            EXAMPLES
              backstop api-keys create deploy --role builder
              export BACKSTOP_TOKEN=$(backstop api-keys create ci --role builder --format json | jq -r .key)
              backstop api-keys revoke key_…
            """,
        subcommands: [ListCommand.self, CreateCommand.self, RevokeCommand.self],
        defaultSubcommand: ListCommand.self,
    )
}

extension APIKeysCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List keys, oldest first; never the text of one.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions

        func run() async throws {
            let keys = try await server.client.get("/v1/api-keys", query: page.query)
            server.show(keys, "api_keys", ["id", "name", "role", "created_at", "revoked_at"])
        }
    }

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make a key; its text is seen this once.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "For people: who or what has it.") var name: String
        @Option(name: .long, help: "admin, builder or support.") var role: String

        func run() async throws {
            let body: JSONValue = ["name": .string(name), "role": .string(role)]
            server.show(try await server.client.post("/v1/api-keys", body))
        }
    }

    struct RevokeCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke",
            abstract: "Refuse a key from the next call on.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The key's id.") var id: String

        func run() async throws {
            try await server.client.delete("/v1/api-keys/\(ServerClient.encoded(id))")
            server.showGone(id)
        }
    }
}
