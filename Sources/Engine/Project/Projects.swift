import Definitions
import Embedding
import Model
import StorePort
import Synchronization

/// Which project is live, and how another one takes its place: planned, then applied in one
/// transaction, or taken from a folder.
package final class Projects: Sendable {
    /// Where the project comes from.
    package enum Source: String, Sendable, Hashable {
        /// What was applied last; it is kept in the store.
        case store
        /// A folder beside the server: nothing can be applied.
        case folder
    }

    package let source: Source
    /// A version may change its content without a new number.
    package let isDevelopment: Bool
    let engine: Engine
    let compiler: (any ProjectCompiler)?
    /// Of what is live in this process; 0 before anything was applied.
    let revision = Mutex<Int64>(0)

    package init(
        engine: Engine,
        compiler: (any ProjectCompiler)? = nil,
        source: Source = .folder,
        isDevelopment: Bool = false,
    ) {
        self.engine = engine
        self.compiler = compiler
        self.source = source
        self.isDevelopment = isDevelopment
    }

    var directory: Directory { engine.directory }

    // MARK: Plan and apply

    /// What applying would do; nothing changes.
    ///
    /// - Throws: B2801 when the project has errors.
    package func plan(
        _ upload: ProjectUpload,
        by actor: Actor,
    ) async throws(Problem) -> ProjectPlan {
        if let problem = Access.check(actor, .deployProject) { throw problem }
        return try await draft(upload).plan
    }

    /// Makes the project what new executions start with, in one transaction with its audit record.
    ///
    /// - Parameter expected: the revision that the plan was made against; nil: whichever is there.
    /// - Throws: B2800 when another one was applied in between, and each problem of the plan.
    package func apply(
        _ upload: ProjectUpload,
        expected: Int64?,
        by actor: Actor,
    ) async throws(Problem) -> ProjectPlan {
        if let problem = Access.check(actor, .deployProject) { throw problem }
        guard source == .store else {
            throw ProjectFault.followsFolder.problem(
                detail: "it serves a folder: start it without --project to apply to it"
            )
        }
        let draft = try await draft(upload)
        if let expected, expected != draft.plan.revision {
            throw Self.stale(draft.plan.revision)
        }
        if let problem = draft.plan.problem { throw problem }
        guard draft.plan.hasNewFiles else { return draft.plan }
        return try await write(draft, upload, by: actor)
    }

    /// The head of what is applied; nil when nothing is.
    package func head(by actor: Actor) async throws(Problem) -> ProjectHead? {
        if let problem = Access.check(actor, .deployProject) { throw problem }
        return try await stored()?.head
    }

    static func stale(_ revision: Int64) -> Problem {
        ProjectFault.stale.problem(
            detail: "revision \(revision) is applied now: plan again",
            data: ["revision": .integer(revision)],
        )
    }

    struct Stored {
        var head: ProjectHead
        var version: Int64
    }

    /// A plan with what carries it out.
    struct Draft {
        var plan: ProjectPlan
        var definition: ProjectDefinition
        var stored: Stored?
    }

    private func draft(_ upload: ProjectUpload) async throws(Problem) -> Draft {
        let (definition, warnings) = try compiled(upload.files)
        let stored = try await current()
        let facts = ProjectFacts(definition, digest: Digest.hex)
        let isFirst = source == .store && stored == nil
        let diff = ProjectDiff(
            from: isFirst
                ? ProjectFacts() : ProjectFacts(engine.deployment.project, digest: Digest.hex),
            to: facts,
            known: try await known(facts.solutions),
            instances: try await instances(besides: facts.solutions),
            isDevelopment: isDevelopment,
        )
        let digest = upload.digest(Digest.hex)
        return Draft(
            plan: ProjectPlan(
                revision: stored?.head.revision ?? 0,
                digest: digest,
                diff: diff,
                warnings: warnings,
                hasNewFiles: source == .store ? stored?.head.digest != digest : !diff.isEmpty,
            ),
            definition: definition,
            stored: stored,
        )
    }

    func compiled(
        _ files: [ProjectUpload.File]
    ) throws(Problem) -> (definition: ProjectDefinition, warnings: [Finding]) {
        guard let compiler else {
            throw ProjectFault.followsFolder.problem(detail: "it cannot load projects")
        }
        let compiled = compiler.compile(files)
        guard let definition = compiled.definition else {
            let count = compiled.findings.count { $0.severity == .error }
            throw ProjectFault.findings.problem(
                detail: count == 1 ? "there is 1 error" : "there are \(count) errors",
                data: ["findings": .array(compiled.findings.prefix(100).map(\.json))],
            )
        }
        return (definition, compiled.findings)
    }

    /// What the store holds of the versions that the new project has, live or not.
    private func known(
        _ wanted: [SolutionVersion]
    ) async throws(Problem) -> [SolutionVersion] {
        var known: [SolutionVersion] = []
        for version in wanted {
            if let found = try await directory.version(version.solution, version.version) {
                known.append(found)
            }
        }
        return known
    }

    /// How many instances the solutions have that would go.
    private func instances(
        besides kept: [SolutionVersion]
    ) async throws(Problem) -> [String: Int] {
        let names = Set(kept.map(\.solution))
        var result: [String: Int] = [:]
        for solution in engine.deployment.project.solutions where !names.contains(solution.name) {
            for state in Instance.State.allCases where state != .deleted {
                result[solution.name, default: 0] += try await directory.stored {
                    () throws(StoreError) in
                    try await engine.store.countRecords(
                        .instance,
                        scope: .account,
                        labels: ["solution": solution.name, "state": state.rawValue],
                    )
                }
            }
        }
        return result
    }
}
