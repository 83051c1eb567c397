import ArgumentParser
import Model

/// `backstop end-users`
struct EndUsersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "end-users",
        abstract: "See and manage end users: your customers.",
        discussion: """
            An end user is named by your own name for it (its external id), or by its usr_… id.

            EXAMPLES
              backstop end-users create acme --name "Acme Ltd" --metadata '{"plan": "gold"}'
              backstop end-users show acme
              backstop end-users import customers.jsonl     one JSON object a line
              backstop end-users delete acme                with its instances and credentials
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, CreateCommand.self, ImportCommand.self,
            DeleteCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )
}

extension EndUsersCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List end users, oldest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions

        func run() async throws {
            let users = try await server.client.get("/v1/end-users", query: page.query)
            server.show(users, "end_users", ["id", "external_id", "name", "created_at"])
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one end user.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "Your name for it, or its id.") var endUser: String

        func run() async throws {
            server.show(try await server.client.get(EndUserName.path(endUser)))
        }
    }

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make an end user; the same one again is found.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "Your own name for it; it never changes.") var externalID: String
        @Option(name: .long, help: "For people.") var name: String?
        @Option(name: .long, help: "A JSON object of yours; the end user never sees it.")
        var metadata: String?

        func run() async throws {
            var body: JSONObject = ["external_id": .string(externalID)]
            body["name"] = name.map(JSONValue.string)
            if let metadata {
                do { body["metadata"] = try JSONParser.parse(metadata) } catch {
                    throw CommandFailure(.badInput, "--metadata is not JSON: \(error)")
                }
            }
            server.show(try await server.client.post("/v1/end-users", .object(body)))
        }
    }

    struct ImportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Make many end users; those that are there are found.",
            discussion: """
                Each object has `external_id`, and may have `name` and `metadata`. What fails is \
                told with its number, and stops no other; exit code 1 then.
                """,
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "A file of JSON objects; - is standard input.") var file: String

        func run() async throws {
            guard try await BulkImport.run(file, to: "/v1/end-users/bulk", server) else {
                throw ExitCode(ProgramExit.failure.rawValue)
            }
        }
    }

    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete an end user with its instances and authentications.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "Your name for it, or its id.") var endUser: String

        func run() async throws {
            try await server.client.delete(EndUserName.path(endUser))
            server.showGone(endUser)
        }
    }
}
