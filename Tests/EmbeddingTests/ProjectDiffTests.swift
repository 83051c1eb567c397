import Definitions
import Embedding
import Language
import Model
import Testing

@Suite struct ProjectDiffTests {
    private static let solution = """
        solution: lead-sync
        version: 1.4.0
        title: Sync leads
        auth:
          crm: { service: crm }
        config:
          list_id: { type: string, title: Contact list, required: true }
        texts:
          client:
            authentication: "Reconnect ${ $service }."
        """
    private static let workflow = """
        workflow: sync-lead
        trigger: { webhook: { respond: immediately } }
        steps:
          - { id: x, set: 1 }
        """
    private static let account = """
        title: Acme
        config: { region: eu, api_key: canary-one }
        auth:
          erp: { kind: bearer, token: { env: ERP_TOKEN } }
        """
    private static let connector = """
        connector: crm
        base_url: https://crm.example.com
        operations:
          get:
            method: GET
            path: /things
        """

    private static let files = [
        "backstop.yaml": account, "connectors/crm.yaml": connector,
        "solutions/lead-sync/solution.yaml": solution,
        "solutions/lead-sync/sync-lead.yaml": workflow,
    ]

    private func facts(_ files: [String: String] = Self.files) throws -> ProjectFacts {
        let read = ProjectFiles(
            files.sorted { $0.key < $1.key }.map { .init(path: $0.key, text: $0.value) }
        )
        let result = ProjectLoader.load(read, catalog: ConnectorCatalog(), digest: Sample.digest)
        let project = try #require(result.project, "\(result.findings)")
        return ProjectFacts(project, digest: Sample.digest)
    }

    private func changed(_ changes: [String: (String, String)]) throws -> ProjectFacts {
        var files = Self.files
        for (path, (old, new)) in changes {
            let text = try #require(files[path])
            #expect(text.contains(old))
            files[path] = text.split(separator: old, omittingEmptySubsequences: false)
                .joined(separator: new)
        }
        return try facts(files)
    }

    @Test func `loaded facts round-trip`() throws {
        let facts = try facts()
        let text = JSONWriter.string(facts.json)
        #expect(ProjectFacts(json: try JSONParser.parse(text)) == facts)
    }

    @Test func `an unchanged project has an empty plan`() throws {
        let diff = ProjectDiff(from: try facts(), to: try facts())
        #expect(diff.isEmpty)
        #expect(diff.problems.isEmpty)
        #expect(diff.text == "No changes: 4 unchanged.\n")
    }

    @Test func `the first plan makes everything`() throws {
        let diff = ProjectDiff(from: ProjectFacts(), to: try facts())
        #expect(diff.summary == "Plan: 4 to create, 0 to update, 0 to destroy, 0 unchanged.")
        let heads = diff.text.split(separator: "\n").filter { !$0.hasPrefix(" ") }
        #expect(
            heads == [
                "+ account account", "+ connector crm", "+ solution lead-sync",
                "+ workflow lead-sync/sync-lead",
                "Plan: 4 to create, 0 to update, 0 to destroy, 0 unchanged.",
            ]
        )
        #expect(diff.text.contains("    + config.list_id.required: true\n"))
        #expect(diff.text.contains("    + client_texts.authentication: "))
        #expect(diff.text.contains("    + auth.erp.token.env: \"ERP_TOKEN\"\n"))
    }

    @Test func `what is gone is destroyed`() throws {
        let diff = ProjectDiff(from: try facts(), to: ProjectFacts())
        #expect(
            diff.text == """
                - account account
                - connector crm
                - solution lead-sync
                - workflow lead-sync/sync-lead
                Plan: 0 to create, 0 to update, 4 to destroy, 0 unchanged.

                """
        )
    }

    @Test func `changed fields are told with both values`() throws {
        let new = try changed([
            "backstop.yaml": ("region: eu", "region: us"),
            "connectors/crm.yaml": ("path: /things", "path: /items"),
            "solutions/lead-sync/solution.yaml": (
                "version: 1.4.0\ntitle: Sync leads\n", "version: 1.5.0\n",
            ),
        ])
        let old = try facts()
        let diff = ProjectDiff(from: old, to: new)
        let digests = [old, new].map { $0.connectors[0].digest.prefix(12) }
        let files = [old, new].map { $0.account["digest"]?.stringValue?.prefix(12) ?? "" }
        #expect(
            diff.text == """
                ~ account account
                    ~ config.region: "eu" -> "us"
                    ~ digest: \(files[0]) -> \(files[1])
                ~ connector crm
                    ~ operations.get: "GET /things" -> "GET /items"
                    ~ digest: \(digests[0]) -> \(digests[1])
                ~ solution lead-sync
                    ~ version: "1.4.0" -> "1.5.0"
                    - title: "Sync leads"
                Plan: 0 to create, 3 to update, 0 to destroy, 1 unchanged.

                """
        )
        #expect(diff.json["summary"]?["update"] == 3)
        #expect(diff.json["changes"]?[0]?["fields"]?[0]?["old"] == "eu")
        #expect(diff.problems.isEmpty)
    }

    @Test func `a version keeps its content, but for development`() throws {
        let new = try changed(["solutions/lead-sync/sync-lead.yaml": ("set: 1", "set: 2")])
        let old = try facts()
        let diff = ProjectDiff(from: old, to: new)
        #expect(diff.problems.map(\.code) == ["B2514"])
        let line =
            "! B2514 solution lead-sync 1.4.0 was deployed with other content: bump the version"
        #expect(diff.text.contains(line))
        #expect(diff.text.contains("~ solution lead-sync\n~ workflow lead-sync/sync-lead\n"))
        let loose = ProjectDiff(from: old, to: new, isDevelopment: true)
        #expect(loose.problems.isEmpty)
        #expect(loose.items == diff.items)
    }

    @Test func `the rule holds for every version that was ever deployed`() throws {
        let edit = [
            "solutions/lead-sync/solution.yaml": ("version: 1.4.0", "version: 1.3.0")
        ]
        let new = try changed(edit)
        let old = try facts()
        #expect(ProjectDiff(from: old, to: new, known: new.solutions).problems.isEmpty)
        let other = try changed([
            "solutions/lead-sync/solution.yaml": (
                "version: 1.4.0\ntitle: Sync leads", "version: 1.3.0\ntitle: Other",
            )
        ])
        let diff = ProjectDiff(from: old, to: new, known: other.solutions)
        #expect(diff.problems.map(\.code) == ["B2514"])
    }

    @Test func `a solution with instances is not taken away`() throws {
        let old = try facts()
        let diff = ProjectDiff(from: old, to: ProjectFacts(), instances: ["lead-sync": 3])
        #expect(diff.problems.map(\.code) == ["B2515"])
        #expect(diff.text.contains("! B2515 solution lead-sync has 3 instances\n"))
        let kept = ProjectDiff(from: old, to: old, instances: ["lead-sync": 3])
        #expect(kept.problems.isEmpty)
        let empty = ProjectDiff(from: old, to: ProjectFacts(), instances: ["lead-sync": 0])
        #expect(empty.problems.isEmpty)
    }

    @Test func `secrets are shown as references, settings with sensitive names not at all`()
        throws
    {
        let new = try changed([
            "backstop.yaml": ("canary-one", "canary-two")
        ])
        let diff = ProjectDiff(from: try facts(), to: new)
        #expect(diff.text.contains("    ~ config.api_key: (sensitive) -> (sensitive)\n"))
        #expect(!JSONWriter.string(diff.json).contains("canary"))
        let moved = try changed(["backstop.yaml": ("env: ERP_TOKEN", "file: secrets/erp")])
        let reference = ProjectDiff(from: try facts(), to: moved).text
        #expect(reference.contains("    + auth.erp.token.file: \"secrets/erp\"\n"))
        #expect(reference.contains("    - auth.erp.token.env: \"ERP_TOKEN\"\n"))
    }

    @Test func `the default of a secret slot changes without being shown`() throws {
        func facts(_ value: JSONValue) throws -> ProjectFacts {
            var facts = ProjectFacts()
            let slot = try LeadSync.slot("pin", secret: true, default: value)
            facts.solutions = [try LeadSync.version(config: [slot])]
            return facts
        }
        let diff = ProjectDiff(from: try facts("canary1"), to: try facts("canary2"))
        #expect(diff.count(.update) == 1)
        #expect(!diff.text.contains("canary"))
        #expect(!JSONWriter.string(diff.json).contains("canary"))
    }

    @Test func `whatever changes in the account's or a connector's file is an update`() throws {
        for path in ["backstop.yaml", "connectors/crm.yaml"] {
            var files = Self.files
            files[path, default: ""] += "\n# a word\n"
            let diff = ProjectDiff(from: try facts(), to: try facts(files))
            #expect(diff.count(.update) == 1, "\(path)")
            #expect(diff.text.contains("    ~ digest: "))
        }
    }

    @Test func `that a slot is secret is shown, and empty lists are not`() throws {
        var new = ProjectFacts()
        new.solutions = [try LeadSync.version(config: [try LeadSync.slot("pin", secret: true)])]
        let text = ProjectDiff(from: ProjectFacts(), to: new).text
        #expect(text.contains("+ config.pin.secret: true\n"))
        #expect(!text.contains(": {}\n") && !text.contains(": []\n"))
    }

    @Test func `the order of slots and workflows in the files is no content`() throws {
        let slots = [try LeadSync.slot("a"), try LeadSync.slot("b")]
        let one = try LeadSync.version(config: slots)
        let two = try LeadSync.version(config: slots.reversed())
        #expect(one.digest == two.digest)
        let three = try LeadSync.version(config: [slots[0]])
        #expect(one.digest != three.digest)
    }
}
