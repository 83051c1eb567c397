/// A step of the ladder above what a workflow does itself. The order of the cases is the way up.
package enum Rung: String, Sendable, Hashable, CaseIterable, Comparable {
    /// The solution's alert workflow, run as the instance.
    case instance
    /// The account's alert workflow.
    case account
    /// Nobody could be told: kept, shown and logged until somebody takes it.
    case deadLetter = "dead_letter"

    package static func < (left: Rung, right: Rung) -> Bool { left.height < right.height }

    private var height: Int {
        switch self {
        case .instance: 0
        case .account: 1
        case .deadLetter: 2
        }
    }
}
