import Model

/// One field of a request or an answer; the name is in lower case.
package struct HeaderField: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// What an HTTP caller gets, before any framework writes it.
package struct HTTPAnswer: Sendable, Hashable {
    /// 200...599
    package var status: Int
    package var headers: [HeaderField]
    package var body: [UInt8]

    package init(status: Int, headers: [HeaderField] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package static func json(_ value: JSONValue, status: Int = 200) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            headers: [HeaderField("content-type", "application/json")],
            body: JSONWriter.bytes(value),
        )
    }

    /// The first field of that name (lower case).
    package func header(_ name: String) -> String? {
        headers.first { $0.name == name }?.value
    }
}

extension HTTPAnswer {
    /// `application/problem+json` (RFC 9457), with `Retry-After` when the problem says when.
    package static func problem(
        _ value: JSONValue,
        status: Int,
        retryAfter: TimeSpan? = nil,
    )
        -> HTTPAnswer
    {
        var answer = HTTPAnswer(
            status: status,
            headers: [HeaderField("content-type", "application/problem+json")],
            body: JSONWriter.bytes(value),
        )
        if let retryAfter {
            let seconds = max(1, (retryAfter.milliseconds + 999) / 1000)
            answer.headers.append(HeaderField("retry-after", "\(seconds)"))
        }
        return answer
    }

    /// A problem with the request itself, in words for the one who sent it.
    ///
    /// `instance` names the request (RFC 9457, section 3.1.5).
    package static func refusal(_ problem: Problem, instance: String? = nil) -> HTTPAnswer {
        let status = problem.status.flatMap { (400...599).contains($0) ? $0 : nil } ?? 500
        var object = JSONObject()
        object["type"] = .string(problem.type.urn)
        object["title"] = .string(problem.title)
        object["status"] = .integer(Int64(status))
        object["detail"] = problem.detail.map(JSONValue.string)
        object["code"] = problem.code.map(JSONValue.string)
        object["instance"] = (instance ?? problem.instance).map(JSONValue.string)
        object["data"] = problem.data
        return .problem(.object(object), status: status, retryAfter: problem.retry.after)
    }
}
