import ConnectorKit
import Definitions
import Expressions
import Model

/// Makes the request of a declared operation from a call.
struct OperationRequest: Sendable {
    let connector: ConnectorDefinition
    let operation: OperationDefinition

    /// What templates see: `$input`, `$config`, `$auth`, `$execution`.
    static func environment(_ call: OperationCall) -> Environment {
        var environment = Environment(now: call.services.now())
        environment[.input] = call.input
        environment[.config] = call.config
        if let authentication = call.authentication {
            var facts = authentication.facts
            facts["name"] = .string(authentication.name)
            environment[.auth] = .object(facts)
        }
        environment[.execution] = [
            "id": .string(call.execution.id.description),
            "correlation_id": call.execution.correlationID.map(JSONValue.string) ?? .null,
        ]
        return environment
    }

    func make(_ call: OperationCall, _ environment: Environment) throws(Problem) -> HTTPRequest {
        var url = try url(environment)
        let query = try object(operation.query, environment, "query")
        let fields = try headers(environment)
        let body = try body(call, environment)
        guard HTTPConnector.methods.contains(operation.method.uppercased()) else {
            throw Problem(
                .configuration,
                detail: "the method \(operation.method) is not supported",
                code: "B2480",
            )
        }
        do throws(RequestMistake) {
            url.append(query: try QueryPairs.read(query, named: "query"))
            var headers = try RequestHeaders(fields)
            if let body { headers.offer("Content-Type", body.contentType) }
            if let name = operation.idempotencyHeader { headers.offer(name, call.idempotencyKey) }
            headers.identify(call.execution)
            try CredentialWriter.write(call.authentication, headers: &headers, url: &url)
            if let count = body?.bytes.count, count > HTTPLimits.requestMax {
                throw RequestMistake(
                    "the body has \(count) bytes, the limit is \(HTTPLimits.requestMax)",
                    .requestTooLarge,
                )
            }
            var timeouts = PhaseTimeouts()
            let limit = min(operation.timeout ?? connector.timeout, PhaseTimeouts.longest)
            timeouts.read = limit
            timeouts.connect = min(timeouts.connect, limit)
            return HTTPRequest(
                method: operation.method.uppercased(),
                url: url,
                headers: headers.fields,
                body: body?.bytes,
                redirects: RedirectPolicy(),
                timeouts: timeouts,
                responseLimit: HTTPLimits.responseDefault,
            )
        } catch {
            throw Problem(error.failure, detail: error.message)
        }
    }

    private func url(_ environment: Environment) throws(Problem) -> WebURL {
        let base = try text(connector.baseURL, environment, "base_url")
        let path = try PathRenderer.render(operation.path, environment)
        do throws(WebURL.Mistake) {
            let root = try WebURL(base)
            guard root.query == nil else {
                throw WebURL.Mistake("a base URL has no query")
            }
            let prefix = root.path.hasSuffix("/") ? String(root.path.dropLast()) : root.path
            return try WebURL(root.origin + prefix + path)
        } catch {
            throw Problem(
                .configuration,
                detail: "base_url \"\(base)\" is not accepted: \(error.message)",
                code: "B2480",
            )
        }
    }

    /// The operation's headers count before the connector's.
    private func headers(_ environment: Environment) throws(Problem) -> JSONObject {
        var fields: [String: Template] = [:]
        for (name, template) in connector.headers { fields[name.lowercased()] = template }
        for (name, template) in operation.headers { fields[name.lowercased()] = template }
        return try object(fields, environment, "headers")
    }

    /// In the order of their names, so that equal input gives equal requests.
    private func object(
        _ templates: [String: Template],
        _ environment: Environment,
        _ place: String,
    ) throws(Problem) -> JSONObject {
        var object = JSONObject()
        for (name, template) in templates.sorted(by: { $0.key < $1.key }) {
            object[name] = try value(template, environment, "\(place).\(name)")
        }
        return object
    }

    private func body(
        _ call: OperationCall,
        _ environment: Environment,
    ) throws(Problem) -> RequestBody? {
        guard let template = operation.body else { return nil }
        let value = try value(template, environment, "body")
        do throws(RequestMistake) {
            switch operation.bodyKind {
            case "form":
                guard let object = value.objectValue else {
                    throw RequestMistake("a form body must be an object")
                }
                return try .form(object)
            case "multipart":
                guard let parts = value.arrayValue else {
                    throw RequestMistake("a multipart body must be a list of parts")
                }
                return try .multipart(parts, seed: call.idempotencyKey)
            case "raw":
                let type =
                    value.stringValue == nil ? "application/json" : "text/plain; charset=utf-8"
                return RequestBody(bytes: Array(QueryPairs.text(value).utf8), contentType: type)
            default:
                return .json(value)
            }
        } catch {
            throw Problem(error.failure, detail: error.message)
        }
    }

    private func text(
        _ template: Template,
        _ environment: Environment,
        _ place: String,
    ) throws(Problem) -> String {
        guard case .string(let text) = try value(template, environment, place) else {
            throw Problem(.configuration, detail: "\(place) must give a text", code: "B2480")
        }
        return text
    }

    private func value(
        _ template: Template,
        _ environment: Environment,
        _ place: String,
    ) throws(Problem) -> JSONValue {
        do throws(EvaluationError) {
            return try template.evaluate(environment)
        } catch {
            throw Problem(error, in: place)
        }
    }
}
