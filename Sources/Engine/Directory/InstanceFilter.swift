import Embedding

/// Which instances a change of many is about, and how far one call goes.
package struct InstanceFilter: Sendable {
    /// Instances that one call looks at, at most.
    package static let pageLimit = 1_000

    package var solution: String
    package var version: String?
    package var endUser: ObjectID?
    package var state: Instance.State?
    /// Go on behind this one.
    package var after: ObjectID?
    package var limit = pageLimit

    package init(solution: String) { self.solution = solution }

    func takes(_ instance: Instance) -> Bool {
        instance.state != .deleted && (version == nil || instance.version == version)
    }
}
