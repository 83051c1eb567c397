import ArgumentParser
import Model

/// `backstop instances`
struct InstancesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "instances",
        abstract: "See and manage instances: an end user's own copies of a solution.",
        discussion: """
            An instance is created disabled; it is enabled when every required slot is filled. \
            Secret values come from a file or standard input, never from the command line.

            EXAMPLES
              backstop instances create acme lead-sync --config list_id=L-7 --auth crm=aut_… --enable
              backstop instances configure ins_… --config list_id=L-8 --secret pin=@pin.txt
              backstop instances connect ins_… crm=aut_…
              backstop instances list --solution lead-sync --state enabled
              backstop instances upgrade ins_… --to 2.0.0 --dry-run

            MANY AT ONCE
              backstop instances upgrade --solution lead-sync --to 2.0.0 --dry-run
              backstop instances disable --solution lead-sync
              backstop instances import instances.jsonl
            """,
        subcommands: [
            ListCommand.self, ShowCommand.self, CreateCommand.self, ImportCommand.self,
            ConfigureCommand.self, ConnectCommand.self, EnableCommand.self, DisableCommand.self,
            UpgradeCommand.self, DeleteCommand.self,
        ],
        defaultSubcommand: ListCommand.self,
    )

    static func path(_ id: String) -> String { "/v1/instances/\(ServerClient.encoded(id))" }
}

extension InstancesCommand {
    struct ListCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List instances, oldest first.",
        )

        @OptionGroup var server: ServerOptions
        @OptionGroup var page: PageOptions
        @Option(name: .long, help: "Your name of an end user, or its id.") var endUser: String?
        @Option(name: .long, help: "The solution's name.") var solution: String?
        @Option(name: .long, help: "created, enabled, disabled or deleted.") var state: String?

        func run() async throws {
            let query: [(String, String?)] =
                [
                    ("end_user", endUser.map(EndUserName.reference)), ("solution", solution),
                    ("state", state),
                ] + page.query
            let instances = try await server.client.get("/v1/instances", query: query)
            server.show(
                instances,
                "instances",
                ["id", "end_user", "solution", "version", "name", "state", "problem.title"],
            )
        }
    }

    struct ShowCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one instance; secrets show as set or not.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The instance's id.") var id: String

        func run() async throws {
            server.show(try await server.client.get(InstancesCommand.path(id)))
        }
    }

    struct CreateCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create",
            abstract: "Make an instance; the same one again is found.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "Your name of the end user, or its id.") var endUser: String
        @Argument(help: "The solution's name.") var solution: String
        @OptionGroup var values: SlotOptions
        @Option(name: .long, help: "The live one when it is left out.") var version: String?
        @Option(name: .long, help: "A name for it, when an end user has several.")
        var name: String?
        @Option(name: .long, help: "SLOT=aut_…; may be given several times.")
        var auth: [String] = []
        @Flag(name: .long, help: "Enable it at once, or make nothing.") var enable = false

        func run() async throws {
            var body: JSONObject = [
                "end_user": .string(EndUserName.reference(endUser)),
                "solution": .string(solution), "enable": .bool(enable),
            ]
            body["version"] = version.map(JSONValue.string)
            body["name"] = name.map(JSONValue.string)
            body["config"] = .object(try values.object())
            body["auth"] = .object(try GivenValues.texts(auth))
            server.show(try await server.client.post("/v1/instances", .object(body)))
        }
    }

    struct ImportCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Make many instances; those that are there are found.",
            discussion: """
                Each object is what POST /v1/instances takes: `end_user` (usr_… or ext:NAME), \
                `solution`, and perhaps `version name config auth enable`.
                """,
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "A file of JSON objects; - is standard input.") var file: String

        func run() async throws {
            guard try await BulkImport.run(file, to: "/v1/instances/bulk", server) else {
                throw ExitCode(ProgramExit.failure.rawValue)
            }
        }
    }

    struct ConfigureCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "configure",
            abstract: "Set config values; the value null takes one away.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The instance's id.") var id: String
        @OptionGroup var values: SlotOptions

        func run() async throws {
            let body = JSONValue.object(try values.object())
            server.show(
                try await server.client.patch("\(InstancesCommand.path(id))/config", body)
            )
        }
    }

    struct ConnectCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "connect",
            abstract: "Put authentications into slots; SLOT=null takes one out.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The instance's id.") var id: String
        @Argument(help: "SLOT=aut_…") var slots: [String]

        func run() async throws {
            let body = JSONValue.object(try GivenValues.plain(slots))
            server.show(
                try await server.client.patch("\(InstancesCommand.path(id))/auth", body)
            )
        }
    }

    struct DeleteCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete an instance; what runs goes on.",
        )

        @OptionGroup var server: ServerOptions
        @Argument(help: "The instance's id.") var id: String

        func run() async throws {
            try await server.client.delete(InstancesCommand.path(id))
            server.showGone(id)
        }
    }
}
