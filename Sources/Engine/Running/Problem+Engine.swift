import Model

extension Problem {
    static func expired(age: Int64) -> Problem {
        Problem(
            .limit,
            detail: "it waited \(TimeSpan(milliseconds: age)) and could not begin",
            code: "B2102",
        )
    }

    static func unreadableJournal(_ sequence: Int) -> Problem {
        Problem(
            .runtime,
            detail: "journal entry \(sequence) cannot be read; nothing was run again",
            code: "B2103",
        )
    }

    static func missingDefinition(_ digest: String) -> Problem {
        Problem(
            .configuration,
            detail: "the definition \(digest.prefix(12)) that it started with cannot be loaded",
            code: "B2104",
        )
    }
}
