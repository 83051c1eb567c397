import Language

/// The partner's project with a workflow that waits.
enum ProjectFilesWithHeld {
    static let files = with(Partner.files)
    static let next = with(Partner.nextFiles)

    private static func with(_ files: ProjectFiles) -> ProjectFiles {
        ProjectFiles(
            files.files + [
                .init(
                    path: "solutions/leads/held.yaml",
                    text: """
                        workflow: held
                        trigger: { webhook: { respond: immediately } }
                        steps:
                          - { wait: 1h }
                        """,
                )
            ]
        )
    }
}
