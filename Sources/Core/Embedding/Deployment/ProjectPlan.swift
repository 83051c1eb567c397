import Model

/// What applying a project would do, or did.
package struct ProjectPlan: Sendable {
    /// That of the project against which it was planned; 0 when none was applied.
    package var revision: Int64
    /// Of the new files.
    package var digest: String
    package var diff: ProjectDiff
    /// Of the new files; no errors.
    package var warnings: [Finding]
    /// The files differ, and be it by a comment.
    package var hasNewFiles: Bool
    package var isApplied = false

    package init(
        revision: Int64,
        digest: String,
        diff: ProjectDiff,
        warnings: [Finding],
        hasNewFiles: Bool,
    ) {
        self.revision = revision
        self.digest = digest
        self.diff = diff
        self.warnings = warnings
        self.hasNewFiles = hasNewFiles
    }

    /// Nil when it can be applied.
    package var problem: Problem? {
        guard var first = diff.problems.first, diff.problems.count > 1 else {
            return diff.problems.first
        }
        first.detail = diff.problems.compactMap(\.detail).joined(separator: "; ")
        first.data = ["problems": .array(diff.problems.compactMap(\.data))]
        return first
    }

    package var json: JSONValue {
        guard case .object(var object) = diff.json else { return diff.json }
        object["revision"] = .integer(revision)
        object["digest"] = .string(digest)
        object["has_changes"] = .bool(!diff.isEmpty)
        object["has_new_files"] = .bool(hasNewFiles)
        object["applied"] = .bool(isApplied)
        object["text"] = .string(text)
        object["warnings"] = .array(warnings.map(\.json))
        return .object(object)
    }

    private var text: String {
        guard diff.isEmpty, hasNewFiles else { return diff.text }
        return diff.text + "The files differ in nothing that runs: comments, order or layout.\n"
    }
}
