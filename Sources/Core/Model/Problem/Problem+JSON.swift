extension Problem {
    /// The JSON form that expressions, journal and records see; members without a value are left out.
    public var json: JSONValue { members.json }

    /// Reads the JSON form back. Unknown members are ignored; a missing or unknown `type` gives nil.
    public init?(json: JSONValue) {
        guard let members = Members(json: json) else { return nil }
        self.init(members)
    }
}

extension Problem.Members {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["type"] = .string(type.rawValue)
        object["title"] = .string(title)
        object["status"] = status.map { .integer(Int64($0)) }
        object["detail"] = detail.map(JSONValue.string)
        object["instance"] = instance.map(JSONValue.string)
        object["code"] = code.map(JSONValue.string)
        object["step"] = step.map(JSONValue.string)
        object["path"] = path.map(JSONValue.string)
        if !iterations.isEmpty {
            object["iterations"] = .array(iterations.map { .integer(Int64($0)) })
        }
        object["connector"] = connector.map(JSONValue.string)
        object["operation"] = operation.map(JSONValue.string)
        object["connector_version"] = connectorVersion.map(JSONValue.string)
        object["attempt"] = attempt.map { .integer(Int64($0)) }
        object["max_attempts"] = maxAttempts.map { .integer(Int64($0)) }
        object["retry"] = retry.json
        object["origin"] = .string(origin.rawValue)
        object["response"] = response?.json
        object["actor"] = .string(actor.rawValue)
        object["action"] = .string(action.rawValue)
        var texts = JSONObject()
        texts["client"] = .string(audience.client)
        texts["support"] = .string(audience.support)
        texts["language"] = audience.language.map(JSONValue.string)
        if !audience.own.isEmpty {
            texts["own"] = .array(audience.own.map(\.rawValue).sorted().map(JSONValue.string))
        }
        object["audience"] = .object(texts)
        if !ids.isEmpty { object["ids"] = .object(ids) }
        object["data"] = data
        object["cause"] = cause?.json
        object["fingerprint"] = fingerprint.map(JSONValue.string)
        object["occurred_at"] = occurredAt.map { .string($0.description) }
        return .object(object)
    }

    fileprivate init?(json: JSONValue) {
        guard case .object(let object) = json,
            let type = object["type"]?.stringValue.flatMap(ProblemType.init(slugOrURN:))
        else { return nil }
        self =
            Problem(
                type,
                detail: object["detail"]?.stringValue,
                code: object["code"]?.stringValue,
            ).members
        title = object["title"]?.stringValue ?? title
        status = object["status"]?.integerValue.map { Int($0) }
        instance = object["instance"]?.stringValue
        step = object["step"]?.stringValue
        path = object["path"]?.stringValue
        iterations = (object["iterations"]?.arrayValue ?? []).compactMap {
            $0.integerValue.map { Int($0) }
        }
        connector = object["connector"]?.stringValue
        operation = object["operation"]?.stringValue
        connectorVersion = object["connector_version"]?.stringValue
        attempt = object["attempt"]?.integerValue.map { Int($0) }
        maxAttempts = object["max_attempts"]?.integerValue.map { Int($0) }
        retry = object["retry"].flatMap(RetryAdvice.init(json:)) ?? retry
        origin = object["origin"]?.stringValue.flatMap(ProblemOrigin.init) ?? origin
        response = object["response"].flatMap(ProblemResponse.init(json:))
        actor = object["actor"]?.stringValue.flatMap(ProblemActor.init) ?? actor
        action = object["action"]?.stringValue.flatMap(ProblemAction.init) ?? action
        if let texts = object["audience"]?.objectValue {
            audience.client = texts["client"]?.stringValue ?? audience.client
            audience.support = texts["support"]?.stringValue ?? audience.support
            audience.language = texts["language"]?.stringValue
            audience.own = Set(
                (texts["own"]?.arrayValue ?? []).compactMap {
                    $0.stringValue.flatMap(ProblemText.init)
                }
            )
        }
        ids = object["ids"]?.objectValue ?? ids
        data = object["data"]
        cause = object["cause"].flatMap(Problem.init(json:))
        fingerprint = object["fingerprint"]?.stringValue
        occurredAt = object["occurred_at"]?.stringValue.flatMap(Timestamp.init)
    }
}

extension RetryAdvice {
    var json: JSONValue {
        var object = JSONObject()
        object["kind"] = .string(kind.rawValue)
        object["after"] = after.map { .integer($0.milliseconds) }
        object["next_at"] = nextAt.map { .string($0.description) }
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let kind = object["kind"]?.stringValue.flatMap(RetryKind.init)
        else { return nil }
        self.init(
            kind: kind,
            after: object["after"]?.integerValue.map(TimeSpan.init(milliseconds:)),
            nextAt: object["next_at"]?.stringValue.flatMap(Timestamp.init),
        )
    }
}

extension ProblemResponse {
    var json: JSONValue {
        var object = JSONObject()
        object["status"] = .integer(Int64(status))
        object["headers"] = .object(headers)
        object["body"] = body
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue, let status = object["status"]?.integerValue else {
            return nil
        }
        self.init(
            status: Int(status),
            headers: object["headers"]?.objectValue ?? JSONObject(),
            body: object["body"],
        )
    }
}
