import Definitions
import Embedding
import Kernel
import Model
import StorePort

/// Chooses a client's words for problems: of one solution version, for one reader.
package struct ClientWords: Sendable {
    package var wording: Wording
    /// What the reader asked for, best first; with nothing, it is as it was said to the end user.
    package var languages: [String]

    package init(wording: Wording = .standard, languages: [String] = []) {
        self.wording = wording
        self.languages = languages
    }

    package func callAsFunction(_ problem: Problem) -> ClientProblem {
        wording.client(problem, to: languages)
    }
}

extension Engine {
    /// The words for an execution's problem; the solution's are those of the version that it ran on.
    package func words(for view: ExecutionView, _ languages: [String]) async -> ClientWords {
        let input = StartInput(view.head.input)
        return await words(
            solution: view.head.solution,
            version: input?.instance["version"]?.stringValue,
            config: input?.config ?? .null,
            languages,
        )
    }

    /// - Parameters:
    ///   - version: nil is what is deployed now.
    ///   - config: without secrets.
    package func words(
        solution: String?,
        version: String?,
        config: JSONValue,
        _ languages: [String],
    ) async -> ClientWords {
        var wording = deployment.wording(of: solution)
        wording.config = config
        if let solution, let version {
            do throws(Problem) {
                if let found = try await directory.version(solution, version) {
                    wording.solution = found.texts
                }
            } catch {
                logger.error("the texts of \(solution) \(version) cannot be read")
            }
        }
        return ClientWords(wording: wording, languages: languages)
    }
}

extension Deployment {
    /// The words for problems of a solution, as it is deployed now.
    package func wording(of solution: String?) -> Wording {
        var wording = Wording()
        wording.language = project.account.language
        for connector in project.connectors {
            wording.connectors[connector.name] = connector.texts
            for operation in connector.operations where !operation.texts.isEmpty {
                wording.connectors["\(connector.name).\(operation.name)"] = operation.texts
            }
            wording.titles[connector.name] = connector.title
        }
        for (name, service) in project.account.services {
            if let title = service.title { wording.titles[name] = title }
        }
        if let found = project.solutions.first(where: { $0.name == solution }) {
            wording.solution = found.texts
        }
        return wording
    }
}
