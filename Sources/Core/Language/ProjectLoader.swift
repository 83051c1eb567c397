import Definitions
import Expressions
import Model

/// A project's text into definitions and findings: parse, check shapes, read, check meaning.
package struct ProjectLoader {
    package struct Result: Sendable {
        /// Nil when a finding is an error.
        package var project: ProjectDefinition?
        /// In the order of files and lines.
        package var findings: [Finding]
    }

    /// - Parameters:
    ///   - catalog: the connectors that are built in; the project's own are added to them.
    ///   - digest: hex SHA-256.
    package static func load(
        _ files: ProjectFiles,
        catalog: ConnectorCatalog,
        digest: ([UInt8]) -> String,
    ) -> Result {
        var loading = Loading(catalog: catalog)
        for file in files.files { loading.take(file, digest: digest) }
        loading.finish()
        let findings = loading.findings.sorted {
            ($0.place.file, $0.place.line, $0.place.column, $0.code)
                < ($1.place.file, $1.place.line, $1.place.column, $1.code)
        }
        let hasError = findings.contains { $0.severity == .error }
        return Result(project: hasError ? nil : loading.project, findings: findings)
    }

    /// Parses a stored file again and picks one of its workflows.
    package static func reload(
        source: String,
        name: String,
        solution: String?,
        digest: String,
    ) -> WorkflowDefinition? {
        var parser = SourceParser(file: name)
        for document in parser.documents(source)
        where document["workflow"]?.string == name {
            let reader = Reader(solution: solution)
            guard var workflow = reader.workflow(document), reader.findings.isEmpty else {
                return nil
            }
            workflow.digest = digest
            workflow.source = source
            return workflow
        }
        return nil
    }
}

/// A project while it is being loaded.
private struct Loading {
    var project = ProjectDefinition()
    var findings: [Finding] = []
    private var catalog: ConnectorCatalog
    private var workflows: [(definition: WorkflowDefinition, folder: String?)] = []
    private var solutionFolders: [String: Int] = [:]

    init(catalog: ConnectorCatalog) {
        self.catalog = catalog
    }

    private enum Role {
        case account, connector, alert, solution(String), workflow(String)
    }

    private static func role(of path: String) -> Role? {
        let parts = path.split(separator: "/").map(String.init)
        guard let last = parts.last, last.hasSuffix(".yaml") || last.hasSuffix(".yml") else {
            return nil
        }
        let stem = last.split(separator: ".").first.map(String.init) ?? last
        switch (parts.count, parts[0]) {
        case (1, _): return stem == "backstop" ? .account : nil
        case (2, "connectors"): return .connector
        case (2, "alerts"): return .alert
        case (3, "solutions"): return stem == "solution" ? .solution(parts[1]) : .workflow(parts[1])
        default: return nil
        }
    }

    mutating func take(_ file: ProjectFiles.File, digest: ([UInt8]) -> String) {
        guard let role = Self.role(of: file.path) else {
            findings.append(
                FindingCode.unexpectedFile.finding(
                    "nothing reads this file",
                    at: SourcePlace(file: file.path),
                    suggestion: "backstop.yaml, connectors/*.yaml, alerts/*.yaml,"
                        + " solutions/<name>/*.yaml",
                    severity: .warning,
                )
            )
            return
        }
        var parser = SourceParser(file: file.path)
        let documents = parser.documents(file.text)
        findings += parser.findings
        for document in documents { take(document, role, file, digest) }
    }

    private mutating func take(
        _ document: SourceNode,
        _ role: Role,
        _ file: ProjectFiles.File,
        _ digest: ([UInt8]) -> String,
    ) {
        var checker = ShapeChecker()
        let reader: Reader
        switch role {
        case .account:
            checker.check(document, .record("account"), "account")
            reader = Reader(source: file.text)
            project.account = reader.account(document)
            project.account.digest = digest(Array(file.text.utf8))
        case .connector:
            checker.check(document, .record("connector"), "connector")
            reader = Reader(source: file.text)
            if var connector = reader.connector(document) {
                connector.digest = digest(Array("\(connector.name)\n\(file.text)".utf8))
                project.connectors.append(connector)
            }
        case .solution(let folder):
            checker.check(document, .record("solution"), "solution")
            reader = Reader(source: file.text)
            if let solution = reader.solution(document) {
                solutionFolders[folder] = project.solutions.count
                project.solutions.append(solution)
            }
        case .alert, .workflow:
            checker.check(document, .record("workflow"), "workflow")
            var folder: String?
            if case .workflow(let name) = role { folder = name }
            reader = Reader(solution: folder, source: file.text)
            if var workflow = reader.workflow(document) {
                workflow.source = file.text
                workflow.digest = digest(
                    Array("backstop-language-1\n\(workflow.name)\n\(file.text)".utf8)
                )
                workflows.append((workflow, folder))
            }
        }
        findings += checker.findings
        // What the shapes said already is not said twice.
        let places = Set(checker.findings.map(\.place))
        findings += reader.findings.filter { !places.contains($0.place) }
    }

    mutating func finish() {
        for connector in project.connectors {
            for operation in connector.operations {
                do throws(JSONSchemaError) {
                    catalog.operations["\(connector.name).\(operation.name)"] = try JSONSchema(
                        operation.parameters
                    )
                } catch { continue }
            }
        }
        for (workflow, folder) in workflows {
            guard let folder else {
                project.alerts.append(workflow)
                continue
            }
            if let index = solutionFolders[folder] {
                var workflow = workflow
                workflow.solution = project.solutions[index].name
                project.solutions[index].workflows.append(workflow)
            } else {
                solutionFolders[folder] = project.solutions.count
                project.solutions.append(
                    SolutionDefinition(name: folder, workflows: [workflow])
                )
            }
        }
        findings += ProjectChecks.run(project, catalog: catalog)
    }
}
