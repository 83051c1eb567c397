import ConnectorKit
import Definitions
import Embedding
import Engine
import Language
import Model
import StorePort
import Testing

/// A project that a test applies: the solution `leads` as it wants it.
struct Leads {
    var version = "1.0.0"
    var title = "Leads"
    var steps = "  - { set: { done: \"${ 1 }\" } }"
    var trigger = "manual"
    var slots = ""
    var name = "leads"

    var upload: ProjectUpload {
        get throws(Problem) {
            let solution = """
                solution: \(name)
                version: \(version)
                title: \(title)
                \(slots)
                """
            let workflow = "workflow: push\ntrigger: \(trigger)\nsteps:\n\(steps)\n"
            return try ProjectUpload([
                .init(path: "solutions/\(name)/solution.yaml", text: solution),
                .init(path: "solutions/\(name)/push.yaml", text: workflow),
            ])
        }
    }
}

/// Loads projects with one connector, `test`.
struct TestCompiler: ProjectCompiler {
    var connector: any Connector = TestConnector()

    func compile(_ files: [ProjectUpload.File]) -> CompiledProject {
        var catalog = ConnectorCatalog()
        do { catalog.operations["test.do"] = try JSONSchema(["type": "object"]) } catch {
            return CompiledProject(definition: nil, findings: [])
        }
        let result = ProjectLoader.load(
            ProjectFiles(files.map { .init(path: $0.path, text: $0.text) }),
            catalog: catalog,
            digest: Digest.hex,
        )
        return CompiledProject(definition: result.project, findings: result.findings)
    }

    func connectors(of project: ProjectDefinition) throws(Problem) -> ReadyConnectors {
        if project.account.allowedHosts.contains("refused") {
            throw Problem(.configuration, detail: "this host is refused", code: "B2401")
        }
        return ReadyConnectors(registry: try ConnectorRegistry([connector]))
    }
}

extension Embedded {
    /// An engine with nothing of its own that takes projects.
    static func applying(
        on store: any Store,
        connector: any Connector = TestConnector(),
        isDevelopment: Bool = false,
        _ body: @escaping @Sendable (Engine, Projects) async throws -> Void,
    ) async throws {
        let embedded = Embedded(
            workflows: ["none": "workflow: none\ntrigger: manual\nsteps:\n  - { set: { a: 1 } }\n"],
            connectors: [connector],
        )
        try await embedded.run(on: store, vault: vault()) { engine in
            let projects = Projects(
                engine: engine,
                compiler: TestCompiler(connector: connector),
                source: .store,
                isDevelopment: isDevelopment,
            )
            try await body(engine, projects)
        }
    }
}
