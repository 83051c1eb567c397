import Connectors
import Definitions
import Embedding
import Engine
import Language
import Model

/// Loads projects with the language and the built-in connectors.
struct Compiler: ProjectCompiler {
    let connectors: BuiltInConnectors

    func compile(_ files: [ProjectUpload.File]) -> CompiledProject {
        let result = Self.load(files)
        return CompiledProject(definition: result.project, findings: result.findings)
    }

    static func load(_ files: [ProjectUpload.File]) -> ProjectLoader.Result {
        ProjectLoader.load(
            ProjectFiles(files.map { ProjectFiles.File(path: $0.path, text: $0.text) }),
            catalog: ConnectorCatalog(operations: BuiltInConnectors.schemas),
            digest: Digest.hex,
        )
    }

    func connectors(of project: ProjectDefinition) throws(Problem) -> ReadyConnectors {
        let made = try connectors.remake(
            allowedHosts: project.account.allowedHosts,
            declarative: project.connectors,
        )
        return ReadyConnectors(registry: made.registry, activate: made.activate)
    }
}
