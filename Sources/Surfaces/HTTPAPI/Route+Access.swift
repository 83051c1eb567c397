import Embedding

extension Route {
    /// Who may call it.
    enum Access: Sendable, Hashable {
        case everybody
        /// The admin token, and keys of admins.
        case admin
        /// Roles with the permission.
        case permission(Permission)
        /// Who has the status URL, and roles that read executions.
        case capability
    }

    var access: Access {
        switch self {
        case .home, .health, .ready, .openAPI, .webhook, .solutionWebhook, .instanceWebhook,
            .serviceEvents,
            .connectPage, .connectForm, .connectStart, .oauthCallback:
            .everybody
        case .status, .events: .capability
        case .metrics: .admin
        case .workflows, .solutions, .versions: .permission(.readProject)
        case .startWorkflow, .startSolutionWorkflow: .permission(.startWorkflows)
        case .executions, .execution: .permission(.readExecutions)
        case .replays, .replay, .replayItems: .permission(.readExecutions)
        case .cancel, .resumeExecution, .createReplay, .pauseReplay, .resumeReplay, .cancelReplay:
            .permission(.controlExecutions)
        case .endUsers, .endUser: .permission(.readEndUsers)
        case .createEndUser, .createEndUsers, .deleteEndUser: .permission(.manageEndUsers)
        case .instances, .instance: .permission(.readInstances)
        case .createInstance, .createInstances, .deleteInstance: .permission(.manageInstances)
        case .configureInstance, .connectInstance: .permission(.configureInstances)
        case .enableInstance, .disableInstance, .enableInstances, .disableInstances:
            .permission(.switchInstances)
        case .project, .planProject, .applyProject: .permission(.deployProject)
        case .upgradeInstance, .upgradeInstances: .permission(.upgradeInstances)
        case .authentications, .connections, .connection: .permission(.readAuthentications)
        case .probeConnection, .closeConnection: .permission(.controlExecutions)
        case .createAuthentication, .replaceCredential, .deleteAuthentication:
            .permission(.manageAuthentications)
        case .audit: .permission(.readAudit)
        case .apiKeys, .createAPIKey, .revokeAPIKey, .signingKeys, .createSigningKey,
            .deleteSigningKey, .vault, .rotateVault:
            .permission(.manageKeys)
        case .connectLinks, .createConnectLink, .revokeConnectLink:
            .permission(.issueConnectLinks)
        case .failures, .failure: .permission(.readFailures)
        case .alerts, .alert, .deadLetters, .issues, .issue, .silences, .silence:
            .permission(.readAlerts)
        case .resendAlert, .dismissAlert, .changeIssue, .createSilence, .expireSilence, .doctor:
            .permission(.manageAlerts)
        }
    }

    /// Whether it answers people's browsers: with pages, also when something is wrong.
    var isPage: Bool {
        switch self {
        case .connectPage, .connectForm, .connectStart, .oauthCallback: true
        default: false
        }
    }

    /// The problem that keeps the actor out, if any.
    func refusal(of actor: Actor) -> APIFault? {
        switch access {
        case .everybody: nil
        case .admin:
            actor.role == .admin ? nil : .problem(EmbeddingFault.notPermitted.problem())
        case .permission(let permission):
            Embedding.Access.check(actor, permission).map(APIFault.problem)
        case .capability:
            Embedding.Access.check(actor, .readExecutions).map(APIFault.problem)
        }
    }
}
