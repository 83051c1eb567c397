import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    private static func id(_ solution: String, _ version: String) -> String {
        let id = "\(solution):\(version)"
        let isPlain = id.utf8.allSatisfy {
            (48...58).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                || "_.-".utf8.contains($0)
        }
        return isPlain && id.utf8.count <= RecordLimits.idBytesMax
            ? id : Digest.hex(Array(id.utf8))
    }

    /// Keeps the versions of a project's solutions, so that instances pinned to them find them
    /// after the project has moved on. A version whose content changed replaces what was known of
    /// it: `serve --project` is for development; `apply` refuses that.
    func keepVersions(
        of project: ProjectDefinition
    ) async throws(StoreError) {
        let changes = try await versionChanges(of: project)
        guard !changes.puts.isEmpty else { return }
        for version in changes.replaced {
            engine.logger.warning(
                "this version has other content than before; raise its number",
                metadata: ["solution": "\(version.solution)", "version": "\(version.version)"],
            )
        }
        _ = try await store.change(changes.puts, now: now)
    }

    struct VersionChanges {
        var puts: [RecordChange] = []
        /// As they were: known, and with other content now.
        var replaced: [SolutionVersion] = []
    }

    /// What is to be written so that every version of the project is kept; each write says what it
    /// found there.
    func versionChanges(
        of project: ProjectDefinition
    ) async throws(StoreError) -> VersionChanges {
        var changes = VersionChanges()
        for solution in project.solutions {
            let version = SolutionVersion(solution, digest: Digest.hex)
            let id = Self.id(version.solution, version.version)
            let known = try await store.record(.solutionVersion, id: id, scope: .account)
            let document = JSONWriter.bytes(version.json)
            guard known?.document != document else { continue }
            if let known {
                do {
                    let before: SolutionVersion = try read(known)
                    if before.digest != version.digest { changes.replaced.append(before) }
                } catch {
                    engine.logger.error("\(id) was unreadable and is written anew")
                }
            }
            changes.puts.append(
                .put(
                    RecordPut(
                        kind: .solutionVersion,
                        id: id,
                        document: document,
                        labels: ["solution": version.solution],
                        expected: known.map { .version($0.version) } ?? .absent,
                    )
                )
            )
        }
        return changes
    }

    package func version(
        _ solution: String,
        _ version: String,
    ) async throws(Problem) -> SolutionVersion? {
        let found: (document: SolutionVersion, record: Record)? = try await find(
            .solutionVersion,
            Self.id(solution, version),
            .account,
        )
        return found?.document
    }

    /// Every version of a solution that was ever deployed here, in the order of their names.
    package func versions(
        of solution: String,
        by actor: Actor,
    ) async throws(Problem) -> [SolutionVersion] {
        if let problem = Access.check(actor, .readProject) { throw problem }
        return try await page(
            RecordQuery(
                kind: .solutionVersion,
                scope: .account,
                labels: ["solution": solution],
                limit: RecordLimits.listMax,
            )
        )
    }

    /// The deployed version of each solution.
    package func solutions(by actor: Actor) async throws(Problem) -> [SolutionVersion] {
        if let problem = Access.check(actor, .readProject) { throw problem }
        var result: [SolutionVersion] = []
        for solution in engine.deployment.project.solutions {
            if let version = try await version(solution.name, solution.version) {
                result.append(version)
            }
        }
        return result
    }
}
