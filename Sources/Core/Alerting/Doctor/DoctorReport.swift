import Model

/// What a look over the error plane found: one entry for each promise that it checks.
package struct DoctorReport: Sendable, Hashable {
    /// A promise that is checked.
    package enum Check: String, Sendable, Hashable, CaseIterable {
        case executionsHaveFailures = "executions_have_failures"
        case failuresHaveDispositions = "failures_have_dispositions"
        case dispositionsExist = "dispositions_exist"
        case alertsAreOnTheirWay = "alerts_are_on_their_way"
        case noDeadLetters = "no_dead_letters"

        /// One line for people.
        package var promise: String {
            switch self {
            case .executionsHaveFailures: "every failed execution has its failure"
            case .failuresHaveDispositions: "every failure has exactly one disposition"
            case .dispositionsExist: "every failure's issue is there"
            case .alertsAreOnTheirWay: "every alert is delivered, on its way or a dead letter"
            case .noDeadLetters: "no dead letter waits for somebody"
            }
        }
    }

    package struct Entry: Sendable, Hashable {
        package var check: Check
        package var examined = 0
        package var found = 0
        package var repaired = 0
        /// Ids of some of what was found.
        package var examples: [String] = []

        package static let examplesMax = 10

        package init(_ check: Check) { self.check = check }

        package mutating func note(_ id: String, repaired isRepaired: Bool) {
            found += 1
            if isRepaired { repaired += 1 }
            if examples.count < Self.examplesMax { examples.append(id) }
        }
    }

    package var entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    /// Whether every promise holds, or was made to hold.
    package var isWell: Bool { entries.allSatisfy { $0.found == $0.repaired } }

    package var json: JSONValue {
        [
            "well": .bool(isWell),
            "checks": .array(
                entries.map { entry in
                    [
                        "check": .string(entry.check.rawValue),
                        "promise": .string(entry.check.promise),
                        "examined": .integer(Int64(entry.examined)),
                        "found": .integer(Int64(entry.found)),
                        "repaired": .integer(Int64(entry.repaired)),
                        "examples": .array(entry.examples.map(JSONValue.string)),
                    ]
                }
            ),
        ]
    }
}
