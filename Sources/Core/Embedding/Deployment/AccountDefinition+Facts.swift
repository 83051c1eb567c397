import Definitions
import Model

extension AccountDefinition {
    /// What a plan shows of backstop.yaml, all else is behind the digest of the file. An
    /// authentication names where its secrets are found.
    var facts: JSONObject {
        var object = JSONObject()
        object["title"] = title.map(JSONValue.string)
        object["alert"] = alert.map(JSONValue.string)
        object["auth"] = .members(authentications, \.facts)
        object["services"] = .members(services, \.facts)
        object["connect"] = ["return_urls": .array(connect.returnURLs.map(JSONValue.string))]
        object["config"] = .object(config)
        object["retention"] = ["executions": .string(retention.executions.description)]
        object["limits"] = limits.facts
        object["allowed_hosts"] = .array(allowedHosts.map(JSONValue.string))
        object["alerting"] = alerting.facts
        object["last_resort"] = lastResort.map { channel in
            var facts = JSONObject()
            facts["webhook"] = .string(channel.webhook)
            facts["secret"] = channel.secret.facts
            facts["heartbeat"] = (channel.heartbeat?.description).map(JSONValue.string)
            return .object(facts)
        }
        if !digest.isEmpty { object["digest"] = .string(digest) }
        return object
    }
}

extension LimitsDefinition {
    fileprivate var facts: JSONValue {
        [
            "concurrency": .integer(Int64(concurrency)),
            "concurrency_per_instance": .integer(Int64(concurrencyPerInstance)),
            "backlog": .integer(Int64(backlog)),
            "backlog_per_instance": .integer(Int64(backlogPerInstance)),
            "request_body": .integer(Int64(requestBody)),
            "step_output": .integer(Int64(stepOutput)),
            "execution_timeout": .string(executionTimeout.description),
            "attempts_per_execution": .integer(Int64(attemptsPerExecution)),
        ]
    }
}

extension AuthenticationDefinition {
    fileprivate var facts: JSONValue {
        var object = JSONObject()
        switch self {
        case .bearer(let token):
            object["kind"] = "bearer"
            object["token"] = token.facts
        case .basic(let user, let password):
            object["kind"] = "basic"
            object["user"] = .string(user)
            object["password"] = password.facts
        case .apiKey(let key, let header, let query):
            object["kind"] = "api_key"
            object["key"] = key.facts
            object["header"] = header.map(JSONValue.string)
            object["query"] = query.map(JSONValue.string)
        case .headers(let headers):
            object["kind"] = "headers"
            object["headers"] = .members(headers, \.facts)
        }
        return .object(object)
    }
}

extension SecretReference {
    /// `{ env: NAME }` or `{ file: PATH }`, as it is written.
    var facts: JSONValue {
        switch self {
        case .environment(let name): ["env": .string(name)]
        case .file(let path): ["file": .string(path)]
        case .subscription: "subscription"
        }
    }
}
