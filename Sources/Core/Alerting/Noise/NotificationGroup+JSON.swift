import Embedding
import Model

extension NotificationGroup {
    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .string(id)
        object["rung"] = .string(rung.rawValue)
        object["solution"] = solution.map(JSONValue.string)
        object["version"] = version.map(JSONValue.string)
        object["instance"] = instance.map(JSONValue.id)
        object["user"] = user.map(JSONValue.id)
        object["labels"] = .members(labels, JSONValue.string)
        object["failure"] = .id(failure)
        object["issue"] = issue.map(JSONValue.id)
        object["chain"] = .array(chain.map(JSONValue.string))
        object["pending"] = pending.json
        object["sending"] = sending?.json
        object["sending_alert"] = sendingAlert.map(JSONValue.id)
        object["total"] = .integer(Int64(total))
        object["streak"] = .integer(Int64(streak))
        object["recent"] = .array(recent.map { .integer($0.milliseconds) })
        object["firing"] = .bool(isFiring)
        object["told"] = .bool(isTold)
        object["last_sent"] = lastSent.map(JSONValue.time)
        object["due_at"] = dueAt.map(JSONValue.time)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", \.stringValue),
            let rung = object.get("rung", { $0.word(Rung.self) }),
            let solution = object.maybe("solution", \.stringValue),
            let version = object.maybe("version", \.stringValue),
            let instance = object.maybe("instance", { $0.id(.instance) }),
            let user = object.maybe("user", { $0.id(.endUser) }),
            let labels = object.get("labels", { $0.map(\.stringValue) }),
            let failure = object.get("failure", { $0.id(.failure) }),
            let issue = object.maybe("issue", { $0.id(.issue) }),
            let chain = object.get("chain", { $0.list(\.stringValue) }),
            let pending = object.get("pending", Tally.init(json:)),
            let sending = object.maybe("sending", Notification.init(json:)),
            let sendingAlert = object.maybe("sending_alert", { $0.id(.alert) }),
            let total = object.get("total", \.countValue),
            let streak = object.get("streak", \.countValue),
            let recent = object.get("recent", { $0.list(\.integerValue) }),
            let isFiring = object.get("firing", \.boolValue),
            let isTold = object.get("told", \.boolValue),
            let lastSent = object.maybe("last_sent", \.timeValue),
            let dueAt = object.maybe("due_at", \.timeValue)
        else { return nil }
        self.id = id
        self.rung = rung
        self.solution = solution
        self.version = version
        self.instance = instance
        self.user = user
        self.labels = labels
        self.failure = failure
        self.issue = issue
        self.chain = chain
        self.pending = pending
        self.sending = sending
        self.sendingAlert = sendingAlert
        self.total = total
        self.streak = streak
        self.recent = recent.map(Timestamp.init(milliseconds:))
        self.isFiring = isFiring
        self.isTold = isTold
        self.lastSent = lastSent
        self.dueAt = dueAt
    }

    /// What an alert says of its group.
    package func summary(_ notification: Notification) -> JSONValue {
        var object = JSONObject()
        object["labels"] = .members(labels, JSONValue.string)
        object["status"] = .string(notification.status.rawValue)
        object["count"] = .integer(Int64(notification.tally.count))
        object["total"] = .integer(Int64(total))
        object["first_seen"] = notification.tally.first.map(JSONValue.time)
        object["last_seen"] = notification.tally.last.map(JSONValue.time)
        object["failures"] = .array(notification.tally.failures.map(JSONValue.id))
        object["instances"] = .array(
            notification.tally.instances.filter { !$0.isEmpty }.sorted().map(JSONValue.string)
        )
        object["last_sent"] = lastSent.map(JSONValue.time)
        return .object(object)
    }
}

extension NotificationGroup.Tally {
    var json: JSONValue {
        var object = JSONObject()
        object["count"] = .integer(Int64(count))
        object["first"] = first.map(JSONValue.time)
        object["last"] = last.map(JSONValue.time)
        object["failures"] = .array(failures.map(JSONValue.id))
        object["instances"] = .array(instances.sorted().map(JSONValue.string))
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let count = object.get("count", \.countValue),
            let first = object.maybe("first", \.timeValue),
            let last = object.maybe("last", \.timeValue),
            let failures = object.get("failures", { $0.list { $0.id(.failure) } }),
            let instances = object.get("instances", { $0.list(\.stringValue) })
        else { return nil }
        self.init()
        self.count = count
        self.first = first
        self.last = last
        self.failures = failures
        self.instances = Set(instances)
    }
}

extension NotificationGroup.Notification {
    var json: JSONValue {
        ["status": .string(status.rawValue), "tally": tally.json]
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let status = object.get(
                "status",
                {
                    $0.word(NotificationGroup.Status.self)
                },
            ),
            let tally = object.get("tally", NotificationGroup.Tally.init(json:))
        else { return nil }
        self.init(status: status, tally: tally)
    }
}
