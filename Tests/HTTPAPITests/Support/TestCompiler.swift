import ConnectorKit
import Definitions
import Embedding
import Engine
import Language
import Model

/// Loads projects for `apply` as the tests load theirs; the connectors stay as they are.
struct TestCompiler: ProjectCompiler {
    var builtIn: ConnectorRegistry
    var own: [any Connector]

    func compile(_ files: [ProjectUpload.File]) -> CompiledProject {
        let files = ProjectFiles(files.map { .init(path: $0.path, text: $0.text) })
        do {
            let result = try RunningAPI.loaded(files, own)
            return CompiledProject(definition: result.project, findings: result.findings)
        } catch {
            return CompiledProject(definition: nil, findings: [])
        }
    }

    func connectors(of project: ProjectDefinition) throws(Problem) -> ReadyConnectors {
        var registry = builtIn
        for connector in own { try registry.register(connector) }
        return ReadyConnectors(registry: registry)
    }
}
