import Embedding
import Model

/// What an alert workflow sees as `$trigger`.
///
/// `error` is the problem as a branch would see it; the ids stand beside it under the names that
/// workflows use (`execution`, `instance`, `solution`, `workflow`, `user`); `tray` repeats them
/// under the names of Tray's alerting triggers.
package struct AlertPayload: Sendable, Hashable {
    /// Bytes of JSON of the whole; what is over it loses its largest parts and says so.
    package static let bytesMax = 256 << 10

    /// Unicode scalars of a message that had to be cut, and of Tray's.
    package static let messageMax = 4_096

    package var failure: Failure
    /// The partner's own name for the end user.
    package var externalUser: String?
    /// Counts, times and state of the issue.
    package var issue: JSONValue?
    /// `firing` or `resolved`, with the counts of its notification group.
    package var status: String
    package var group: JSONValue?
    /// Where the API is reached, without a slash at its end; nil gives paths alone.
    package var baseURL: String?

    package init(
        _ failure: Failure,
        externalUser: String?,
        issue: JSONValue? = nil,
        status: String = "firing",
        group: JSONValue? = nil,
        baseURL: String? = nil,
    ) {
        self.failure = failure
        self.externalUser = externalUser
        self.issue = issue
        self.status = status
        self.group = group
        self.baseURL = baseURL
    }

    package var object: JSONObject {
        let problem = failure.problem
        var object = JSONObject()
        object["status"] = .string(status)
        object["failure"] = .id(failure.id)
        object["kind"] = .string(failure.kind.rawValue)
        object["at"] = .time(failure.at)
        object["execution"] = (failure.execution?.description).map(JSONValue.string) ?? .null
        object["workflow"] = failure.workflow.map(JSONValue.string) ?? .null
        object["solution"] = failure.solution.map(JSONValue.string) ?? .null
        object["version"] = failure.version.map(JSONValue.string) ?? .null
        object["instance"] = failure.instance.map(JSONValue.id) ?? .null
        object["user"] = externalUser.map(JSONValue.string) ?? .null
        object["user_id"] = failure.user.map(JSONValue.id) ?? .null
        object["correlation_id"] = failure.correlationID.map(JSONValue.string) ?? .null
        object["error"] = problem.json
        object["issue"] = issue ?? .null
        object["group"] = group ?? .null
        object["links"] = .object(links)
        object["tray"] = .object(tray)
        return Self.cut(object)
    }

    private var links: JSONObject {
        var links = JSONObject()
        let base = baseURL ?? ""
        links["failure"] = .string("\(base)/v1/failures/\(failure.id)")
        if let execution = failure.execution {
            links["execution"] = .string("\(base)/v1/executions/\(execution)")
        }
        if case .issue(let id)? = failure.disposition {
            links["issue"] = .string("\(base)/v1/issues/\(id)")
        }
        return links
    }

    /// Tray's alerting trigger has `error.{workflow_uuid, workflow_url, workflow_title, step_name,
    /// step_log_url, connector, message, created}`; a workflow that comes from there reads
    /// `$trigger.tray.<field>`.
    private var tray: JSONObject {
        let problem = failure.problem
        var object = JSONObject()
        let name = [failure.solution, failure.workflow].compactMap(\.self).joined(separator: "/")
        object["workflow_uuid"] = .string(name)
        object["workflow_title"] = failure.workflow.map(JSONValue.string) ?? .null
        object["workflow_url"] = links["execution"] ?? links["failure"]
        object["step_name"] = (problem.step ?? problem.path).map(JSONValue.string) ?? .null
        object["step_log_url"] = links["execution"] ?? .null
        object["connector"] = problem.connector.map(JSONValue.string) ?? .null
        let message = problem.detail ?? problem.title
        object["message"] = .string(String(message.unicodeScalars.prefix(Self.messageMax)))
        object["created"] = .time(failure.at)
        object["execution_uuid"] = (failure.execution?.description).map(JSONValue.string) ?? .null
        object["solution_id"] = failure.solution.map(JSONValue.string) ?? .null
        object["solution_instance_id"] = failure.instance.map(JSONValue.id) ?? .null
        object["user_id"] = failure.user.map(JSONValue.id) ?? .null
        object["external_user_id"] = externalUser.map(JSONValue.string) ?? .null
        return object
    }

    /// Takes away the largest parts of the problem, outermost first, until the whole fits; the
    /// failure's link leads to all of it.
    static func cut(_ object: JSONObject) -> JSONObject {
        var object = object
        var left: [String] = []
        func size() -> Int { JSONWriter.encodedSize(.object(object)) }
        guard size() > bytesMax, case .object(var error)? = object["error"] else { return object }
        for member in ["data", "cause", "response"] where size() > bytesMax {
            guard error[member] != nil else { continue }
            error[member] = nil
            left.append("error.\(member)")
            object["error"] = .object(error)
        }
        if size() > bytesMax, let detail = error["detail"]?.stringValue {
            error["detail"] = .string(String(detail.unicodeScalars.prefix(messageMax)))
            left.append("error.detail")
            object["error"] = .object(error)
        }
        for member in ["group", "issue"] where size() > bytesMax {
            object[member] = .null
            left.append(member)
        }
        object["truncated"] = .array(left.map(JSONValue.string))
        return object
    }
}
