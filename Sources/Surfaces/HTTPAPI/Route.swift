import Embedding
import Engine
import Model

/// Everything that the API answers to: the one table from which requests are routed, and from which
/// the OpenAPI document is made.
///
/// What is written out comes before what takes a value in its place.
enum Route: String, CaseIterable, Sendable {
    case home, health, ready, metrics, openAPI, webhook, workflows, startWorkflow
    case startSolutionWorkflow, solutionWebhook, instanceWebhook, serviceEvents
    case executions, execution, status, events, cancel, resumeExecution
    case replays, createReplay, replay, replayItems, pauseReplay, resumeReplay, cancelReplay
    case endUsers, createEndUser, createEndUsers, endUser, deleteEndUser
    case solutions, versions
    case instances, createInstance, createInstances, upgradeInstances, enableInstances
    case disableInstances, instance, deleteInstance
    case configureInstance, connectInstance, enableInstance, disableInstance, upgradeInstance
    case authentications, createAuthentication, replaceCredential, deleteAuthentication
    case project, planProject, applyProject
    case connections, connection, probeConnection, closeConnection
    case audit, apiKeys, createAPIKey, revokeAPIKey
    case failures, failure, alerts, alert, resendAlert, dismissAlert, deadLetters
    case issues, issue, changeIssue, silences, createSilence, silence, expireSilence, doctor
    case signingKeys, createSigningKey, deleteSigningKey, vault, rotateVault
    case connectLinks, createConnectLink, revokeConnectLink
    case connectPage, connectForm, connectStart, oauthCallback

    /// Path parts; `{name}` takes one part.
    var path: String {
        switch self {
        case .home: "/"
        case .health: "/health"
        case .ready: "/ready"
        case .metrics: "/metrics"
        case .openAPI: "/openapi.json"
        case .webhook: "/hooks/{workflow}"
        case .solutionWebhook: "/hooks/{solution}/{workflow}"
        case .instanceWebhook: "/hooks/instances/{instance}/{workflow}"
        case .serviceEvents: "/hooks/events/{trigger}/{token}"
        case .workflows: "/v1/workflows"
        case .startWorkflow: "/v1/workflows/{workflow}/executions"
        case .startSolutionWorkflow: "/v1/workflows/{solution}/{workflow}/executions"
        case .executions: "/v1/executions"
        case .execution: "/v1/executions/{id}"
        case .status: "/v1/executions/{id}/status"
        case .events: "/v1/executions/{id}/events"
        case .cancel: "/v1/executions/{id}/cancel"
        case .resumeExecution: "/v1/executions/{id}/resume"
        case .replays, .createReplay: "/v1/replays"
        case .replay: "/v1/replays/{id}"
        case .replayItems: "/v1/replays/{id}/items"
        case .pauseReplay: "/v1/replays/{id}/pause"
        case .resumeReplay: "/v1/replays/{id}/resume"
        case .cancelReplay: "/v1/replays/{id}/cancel"
        default: embeddingPath
        }
    }

    private var embeddingPath: String {
        switch self {
        case .endUsers, .createEndUser: "/v1/end-users"
        case .endUser, .deleteEndUser: "/v1/end-users/{id}"
        case .createEndUsers: "/v1/end-users/bulk"
        case .solutions: "/v1/solutions"
        case .versions: "/v1/solutions/{solution}/versions"
        case .instances, .createInstance: "/v1/instances"
        case .createInstances: "/v1/instances/bulk"
        case .upgradeInstances: "/v1/instances/upgrade"
        case .enableInstances: "/v1/instances/enable"
        case .disableInstances: "/v1/instances/disable"
        case .instance, .deleteInstance: "/v1/instances/{id}"
        case .configureInstance: "/v1/instances/{id}/config"
        case .connectInstance: "/v1/instances/{id}/auth"
        case .enableInstance: "/v1/instances/{id}/enable"
        case .disableInstance: "/v1/instances/{id}/disable"
        case .upgradeInstance: "/v1/instances/{id}/upgrade"
        case .authentications, .createAuthentication: "/v1/authentications"
        case .replaceCredential, .deleteAuthentication: "/v1/authentications/{id}"
        case .project: "/v1/project"
        case .planProject: "/v1/project/plan"
        case .applyProject: "/v1/project/apply"
        case .connections: "/v1/connections"
        case .connection: "/v1/connections/{id}"
        case .probeConnection: "/v1/connections/{id}/probe"
        case .closeConnection: "/v1/connections/{id}/close"
        case .audit: "/v1/audit"
        case .apiKeys, .createAPIKey: "/v1/api-keys"
        case .revokeAPIKey: "/v1/api-keys/{id}"
        default: accessPath ?? alertingPath
        }
    }

    private var alertingPath: String {
        switch self {
        case .failures: "/v1/failures"
        case .failure: "/v1/failures/{id}"
        case .alerts: "/v1/alerts"
        case .alert: "/v1/alerts/{id}"
        case .resendAlert: "/v1/alerts/{id}/resend"
        case .dismissAlert: "/v1/alerts/{id}/dismiss"
        case .deadLetters: "/v1/dead-letters"
        case .issues: "/v1/issues"
        case .issue, .changeIssue: "/v1/issues/{id}"
        case .silences, .createSilence: "/v1/silences"
        case .silence, .expireSilence: "/v1/silences/{id}"
        default: "/v1/doctor"
        }
    }

    private var accessPath: String? {
        switch self {
        case .signingKeys, .createSigningKey: "/v1/signing-keys"
        case .deleteSigningKey: "/v1/signing-keys/{id}"
        case .vault: "/v1/vault"
        case .rotateVault: "/v1/vault/rotate"
        case .connectLinks, .createConnectLink: "/v1/connect-links"
        case .revokeConnectLink: "/v1/connect-links/{id}"
        case .connectStart: "/connect/{link}/start"
        case .oauthCallback: ConnectHandlers.callbackPath
        case .connectPage, .connectForm: "/connect/{link}"
        default: nil
        }
    }

    var methods: [String] {
        switch self {
        case .webhook, .solutionWebhook, .instanceWebhook: WebhookLimits.methods
        case .resumeExecution, .createReplay, .pauseReplay, .resumeReplay, .cancelReplay:
            ["POST"]
        case .serviceEvents: ["GET"] + WebhookLimits.methods
        case .startWorkflow, .startSolutionWorkflow, .cancel, .createEndUser, .createInstance,
            .upgradeInstances, .enableInstance, .disableInstance, .upgradeInstance,
            .createAuthentication, .createAPIKey, .createSigningKey, .rotateVault,
            .createConnectLink, .connectForm, .planProject, .applyProject, .createEndUsers,
            .createInstances, .enableInstances, .disableInstances, .resendAlert, .dismissAlert,
            .createSilence, .doctor, .probeConnection, .closeConnection:
            ["POST"]
        case .configureInstance, .connectInstance, .changeIssue: ["PATCH"]
        case .replaceCredential: ["PUT"]
        case .deleteEndUser, .deleteInstance, .deleteAuthentication, .expireSilence, .revokeAPIKey,
            .deleteSigningKey, .revokeConnectLink:
            ["DELETE"]
        // To ask for them is to act: what may be repeated, as HEAD and prefetching are, is not here.
        case .connectStart, .oauthCallback: ["GET"]
        default: ["GET", "HEAD"]
        }
    }

    /// Query parameters that it knows; others are refused.
    var parameters: [String] {
        switch self {
        case .executions: ExecutionFilter.parameters
        case .replays: ["limit", "cursor"]
        case .replayItems: ["state", "limit", "cursor"]
        case .status, .events: ["token"]
        case .endUsers, .authentications, .apiKeys, .signingKeys, .connectLinks:
            ["limit", "cursor"]
        case .connectStart: ["item"]
        case .oauthCallback: ["state", "code", "error", "error_description", "iss"]
        case .instances: ["end_user", "solution", "state", "limit", "cursor"]
        case .connections: ["health", "limit", "cursor"]
        case .audit: ["target", "limit", "cursor"]
        case .failures: ["instance", "solution", "issue", "kind", "problem", "limit", "cursor"]
        case .alerts: ["state", "issue", "instance", "limit", "cursor"]
        case .deadLetters: ["limit", "cursor"]
        case .issues:
            [
                "state", "mark", "solution", "workflow", "problem", "assignee", "limit", "cursor",
            ]
        case .silences: ["state", "limit", "cursor"]
        default: []
        }
    }

    /// Bytes of a body, where it is not the account's `request_body`. Such a body is read only from
    /// who may call.
    var bodyLimit: Int? {
        switch self {
        case .planProject, .applyProject: 16 << 20
        case .createEndUsers, .createInstances: 8 << 20
        default: nil
        }
    }

    // MARK: Matching

    struct Match: Sendable {
        var route: Route
        var values: [String: String]
    }

    private static let table: [(route: Route, parts: [Substring])] = allCases.map { route in
        (route, route.path.split(separator: "/"))
    }

    /// The route of a path and method, with the path's percent-decoded values.
    static func match(_ path: String, _ method: String) throws(APIFault) -> Match {
        let parts = path.split(separator: "/")
        var wanted: [Substring]?
        var methods: [String] = []
        for entry in table where wanted.map({ $0 == entry.parts }) ?? fits(parts, entry.parts) {
            wanted = entry.parts
            if entry.route.methods.contains(method) {
                return Match(route: entry.route, values: values(parts, entry.parts))
            }
            methods += entry.route.methods
        }
        if methods.isEmpty { throw .noRoute(path) }
        throw .methodNotAllowed(methods)
    }

    private static func fits(_ parts: [Substring], _ wanted: [Substring]) -> Bool {
        wanted.count == parts.count
            && zip(wanted, parts).allSatisfy { $0.first == "{" || $0 == $1 }
    }

    private static func values(_ parts: [Substring], _ wanted: [Substring]) -> [String: String] {
        var values: [String: String] = [:]
        for (want, part) in zip(wanted, parts) where want.first == "{" {
            values[String(want.dropFirst().dropLast())] = String(part).percentDecoded
        }
        return values
    }
}

extension String {
    /// RFC 3986; a broken escape stays as it is.
    var percentDecoded: String {
        guard utf8.contains(UInt8(ascii: "%")) else { return self }
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
