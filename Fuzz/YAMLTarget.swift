import Definitions
import Language
import Model

/// Project files: every text is a project or findings, each with its number and a place in the
/// text. One text is read in every role that a file can have.
enum YAMLTarget {
    static let paths = [
        "backstop.yaml", "connectors/crm.yaml", "alerts/failed.yaml",
        "solutions/orders/solution.yaml", "solutions/orders/push.yaml",
    ]

    /// What libyaml counts as the end of a line.
    private static let breaks: Set<Character> = [
        "\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}",
    ]

    static func run(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let lines = text.split(omittingEmptySubsequences: false) { breaks.contains($0) }
        for path in paths {
            let first = load(path, text)
            for finding in first.findings { check(finding, path, lines) }
            let hasError = first.findings.contains { $0.severity == .error }
            insist((first.project == nil) == hasError, "\(path): a project, or an error; not both")
            let second = load(path, text)
            insist(first.findings == second.findings, "\(path): other findings the second time")
            for colour in [false, true] {
                _ = FindingRenderer.text(first.findings, sources: [path: text], colour: colour)
            }
            for workflow in first.project?.workflows ?? [] { checkReloading(workflow) }
        }
    }

    private static func load(_ path: String, _ text: String) -> ProjectLoader.Result {
        ProjectLoader.load(
            ProjectFiles([ProjectFiles.File(path: path, text: text)]),
            catalog: ConnectorCatalog(),
            digest: { String($0.count, radix: 16) },
        )
    }

    private static func check(
        _ finding: Finding,
        _ path: String,
        _ lines: [Substring],
    ) {
        let place = finding.place
        insist(FindingCode(rawValue: finding.code) != nil, "\(finding.code) is no known number")
        insist(isNumbered(finding.code), "\(finding.code) is no number")
        insist(!finding.message.isEmpty, "\(finding.code) says nothing")
        insist(place.file == path, "\(finding): another file")
        // The end of the text is a place too: one line and one column after the last.
        insist((1...(lines.count + 1)).contains(place.line), "\(finding): no such line")
        let line = place.line <= lines.count ? lines[place.line - 1] : ""
        insist(
            (1...(line.unicodeScalars.count + 1)).contains(place.column),
            "\(finding): no such column",
        )
    }

    /// What the store keeps of a workflow is enough to run it again.
    private static func checkReloading(_ workflow: WorkflowDefinition) {
        let again = ProjectLoader.reload(
            source: workflow.source,
            name: workflow.name,
            solution: workflow.solution,
            digest: workflow.digest,
        )
        guard let again else { broken("\(workflow.name) cannot be read again") }
        insist(again.nodeCount == workflow.nodeCount, "\(workflow.name) has other steps now")
    }
}
