import Engine
import Model

/// Everything that the API answers to: the one table from which requests are routed, and from which
/// the OpenAPI document is made.
enum Route: String, CaseIterable, Sendable {
    case home, health, ready, metrics, openAPI, webhook, workflows, startWorkflow
    case startSolutionWorkflow, solutionWebhook
    case executions, execution, status, events, cancel

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
        case .workflows: "/v1/workflows"
        case .startWorkflow: "/v1/workflows/{workflow}/executions"
        case .startSolutionWorkflow: "/v1/workflows/{solution}/{workflow}/executions"
        case .executions: "/v1/executions"
        case .execution: "/v1/executions/{id}"
        case .status: "/v1/executions/{id}/status"
        case .events: "/v1/executions/{id}/events"
        case .cancel: "/v1/executions/{id}/cancel"
        }
    }

    var methods: [String] {
        switch self {
        case .webhook, .solutionWebhook: WebhookLimits.methods
        case .startWorkflow, .startSolutionWorkflow, .cancel: ["POST"]
        default: ["GET", "HEAD"]
        }
    }

    /// Who may call it.
    enum Access: Sendable { case everybody, admin, capability }

    var access: Access {
        switch self {
        case .home, .health, .ready, .openAPI, .webhook, .solutionWebhook: .everybody
        case .status, .events: .capability
        case .metrics, .workflows, .startWorkflow, .startSolutionWorkflow, .executions, .execution,
            .cancel:
            .admin
        }
    }

    /// Query parameters that it knows; others are refused.
    var parameters: [String] {
        switch self {
        case .executions: ExecutionFilter.parameters
        case .status, .events: ["token"]
        default: []
        }
    }

    struct Match: Sendable {
        var route: Route
        var values: [String: String]
    }

    private static let table: [(route: Route, parts: [Substring])] = allCases.map { route in
        (route, route.path.split(separator: "/"))
    }

    /// The route of a path, with its percent-decoded values.
    static func match(_ path: String) -> Match? {
        let parts = path.split(separator: "/")
        for (route, wanted) in table where wanted.count == parts.count {
            var values: [String: String] = [:]
            let fits = zip(wanted, parts).allSatisfy { want, part in
                guard want.first == "{" else { return want == part }
                values[String(want.dropFirst().dropLast())] = String(part).percentDecoded
                return true
            }
            if fits { return Match(route: route, values: values) }
        }
        return nil
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
