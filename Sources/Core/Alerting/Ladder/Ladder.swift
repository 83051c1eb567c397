/// Who is told of a failure: the way up from the failing workflow, for one failure.
///
/// The most specific alert workflow that exists takes the alert; `escalate: always` tells the
/// account, too. An alert workflow stands at most once in a chain of causes, so that none can be
/// told of its own failure, neither directly nor through others.
package struct Ladder: Sendable, Hashable {
    /// Qualified names of the alert workflows; nil where there is none.
    package var instanceWorkflow: String?
    package var accountWorkflow: String?
    package var escalatesAlways: Bool

    package init(
        instanceWorkflow: String?,
        accountWorkflow: String?,
        escalatesAlways: Bool = false,
    ) {
        self.instanceWorkflow = instanceWorkflow
        self.accountWorkflow = accountWorkflow
        self.escalatesAlways = escalatesAlways
    }

    package func workflow(on rung: Rung) -> String? {
        switch rung {
        case .instance: instanceWorkflow
        case .account: accountWorkflow
        case .deadLetter: nil
        }
    }

    /// Where alerts of a failure begin: one rung, or two with `escalate: always`.
    ///
    /// - Parameter chain: the alert workflows that the failure went through.
    package func rungs(chain: [String]) -> [Rung] {
        let first = rung(above: nil, chain: chain)
        guard first == .instance, escalatesAlways,
            let account = accountWorkflow, isFree(account, chain), account != instanceWorkflow
        else { return [first] }
        return [.instance, .account]
    }

    /// The next rung with an alert workflow that is not in the chain; at the top the dead letter.
    package func rung(above current: Rung?, chain: [String]) -> Rung {
        for rung in Rung.allCases where current.map({ $0 < rung }) ?? true {
            if let workflow = workflow(on: rung), isFree(workflow, chain) { return rung }
        }
        return .deadLetter
    }

    private func isFree(_ workflow: String, _ chain: [String]) -> Bool {
        !chain.contains(workflow) && chain.count < Self.chainMax
    }

    /// The longest chain of alert workflows. Two rungs and calls between workflows cannot make a
    /// longer one unless definitions change in between.
    package static let chainMax = 8
}
