/// One thing that can be allowed.
package enum Permission: String, Sendable, Hashable, CaseIterable {
    /// Solutions, versions, connectors, the plan of a project.
    case readProject = "read_project"
    case deployProject = "deploy_project"
    case readEndUsers = "read_end_users"
    case manageEndUsers = "manage_end_users"
    case readInstances = "read_instances"
    /// Create and delete.
    case manageInstances = "manage_instances"
    /// Fill config and auth slots.
    case configureInstances = "configure_instances"
    /// Enable and disable.
    case switchInstances = "switch_instances"
    case upgradeInstances = "upgrade_instances"
    /// Name, kind and health; nobody reads a credential.
    case readAuthentications = "read_authentications"
    case manageAuthentications = "manage_authentications"
    /// Go through a connect page.
    case connect
    case issueConnectLinks = "issue_connect_links"
    /// That they ran, when, and how they ended.
    case readExecutions = "read_executions"
    /// What went in and out of their steps.
    case readPayloads = "read_payloads"
    case startWorkflows = "start_workflows"
    /// Resume, replay, cancel.
    case controlExecutions = "control_executions"
    case readFailures = "read_failures"
    /// Issues, alerts, dead letters, silences.
    case readAlerts = "read_alerts"
    /// Acknowledge, resolve, mute, silence, send again.
    case manageAlerts = "manage_alerts"
    case readAudit = "read_audit"
    /// API keys and signing keys.
    case manageKeys = "manage_keys"
}
