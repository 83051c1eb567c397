import ArgumentParser
import Model

/// `backstop authentications`
struct AuthenticationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "authentications",
        abstract: "See and manage authentications: sealed credentials for services.",
        discussion: """
            A credential is never an argument, which others on the machine can read: --secret \
            takes it from a file or from standard input. It is sealed and never shown again. \
            Without --owner it is shared: your own, for the shared slots of your solutions.

            EXAMPLES
              backstop authentications create --owner acme --service crm --name CRM \\
                --kind bearer --secret token=@token.txt
              printf %s "$PASSWORD" | backstop authentications create --service mysql \\
                --name partner_db --kind basic --field user=app --secret password=-
              backstop authentications replace aut_… --kind bearer --secret token=@new.txt
            """,
        subcommands: [
            ListCommand.self, CreateCommand.self, ReplaceCommand.self, DeleteCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )

    static func path(_ id: String) -> String { "/v1/authentications/\(ServerClient.encoded(id))" }
}

extension AuthenticationsCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List authentications, oldest first; never a credential.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions

        func run() async throws {
            let list = try await server.client.get("/v1/authentications", query: page.query)
            server.show(
                list,
                "authentications",
                ["id", "owner", "service", "name", "kind", "state"],
            )
        }
    }

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Keep a credential.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var credential: CredentialOptions
        @Option(name: .long, help: "Your name of the end user, or its id; none: shared.")
        var owner: String?
        @Option(name: .long, help: "What slots ask for, such as crm.") var service: String
        @Option(name: .long, help: "For people; a shared one fills the slot of its name.")
        var name: String

        func run() async throws {
            var body = try credential.body()
            body["owner"] = owner.map { .string(EndUserName.reference($0)) }
            body["service"] = .string(service)
            body["name"] = .string(name)
            server.show(try await server.client.post("/v1/authentications", .object(body)))
        }
    }

    struct ReplaceCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "replace",
            abstract: "Put another credential in its place; instances go on with the new one.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The authentication's id.") var id: String
        @OptionGroup var credential: CredentialOptions

        func run() async throws {
            let body = JSONValue.object(try credential.body())
            server.show(try await server.client.put(AuthenticationsCommand.path(id), body))
        }
    }

    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Forget a credential.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The authentication's id.") var id: String

        func run() async throws {
            try await server.client.delete(AuthenticationsCommand.path(id))
            server.showGone(id)
        }
    }
}
