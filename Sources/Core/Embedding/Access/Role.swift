/// What somebody may do, as a whole; the table is in ``Role/permissions``.
package enum Role: String, Sendable, Hashable, CaseIterable {
    /// Everything.
    case admin
    /// Makes solutions and looks into executions.
    case builder
    /// Helps end users.
    case support
    /// An end user: one's own objects only.
    case client

    package var permissions: Set<Permission> {
        switch self {
        case .admin: Set(Permission.allCases)
        case .builder:
            [
                .readProject, .deployProject, .readEndUsers, .readInstances, .manageInstances,
                .configureInstances, .switchInstances, .upgradeInstances, .readAuthentications,
                .readExecutions, .readPayloads, .startWorkflows, .controlExecutions, .readFailures,
                .readAlerts, .manageAlerts,
            ]
        case .support:
            [
                .readProject, .readEndUsers, .readInstances, .switchInstances,
                .readAuthentications, .connect, .issueConnectLinks, .readExecutions,
                .controlExecutions, .readFailures, .readAudit, .readAlerts, .manageAlerts,
            ]
        case .client:
            [
                .readProject, .readInstances, .manageInstances, .configureInstances,
                .switchInstances, .readAuthentications, .manageAuthentications, .connect,
                .readExecutions, .controlExecutions, .readFailures,
            ]
        }
    }

    /// How much of an object it reads.
    package var reader: Reader { self == .client ? .client : .partner }
}
