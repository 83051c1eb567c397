import Embedding
import Model

extension Issue {
    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["fingerprint"] = .string(fingerprint)
        object["state"] = .string(state.rawValue)
        object["muted_until"] = mutedUntil.map(JSONValue.time)
        object["mark"] = .string(mark.rawValue)
        object["kind"] = .string(kind.rawValue)
        object["solution"] = solution.map(JSONValue.string)
        object["workflow"] = workflow.map(JSONValue.string)
        object["title"] = .string(title)
        object["first_seen"] = .time(firstSeen)
        object["last_seen"] = .time(lastSeen)
        object["count"] = .integer(Int64(count))
        object["instances"] = .members(hits, \.json)
        object["others_count"] = .integer(Int64(othersCount))
        object["occurrences"] = occurrences.json
        object["regressions"] = .integer(Int64(regressions))
        object["last_failure"] = .id(lastFailure)
        object["problem"] = problem.json
        object["assignee"] = assignee.map(JSONValue.string)
        object["notes"] = .array(notes.map(\.json))
        object["resolved_at"] = resolvedAt.map(JSONValue.time)
        object["resolved_by"] = resolvedBy.map(JSONValue.string)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.issue) }),
            let fingerprint = object.get("fingerprint", \.stringValue),
            let state = object.get("state", { $0.word(State.self) }),
            let mutedUntil = object.maybe("muted_until", \.timeValue),
            let mark = object.get("mark", { $0.word(Mark.self) }),
            let kind = object.get("kind", { $0.word(Failure.Kind.self) }),
            let solution = object.maybe("solution", \.stringValue),
            let workflow = object.maybe("workflow", \.stringValue),
            let title = object.get("title", \.stringValue),
            let firstSeen = object.get("first_seen", \.timeValue),
            let lastSeen = object.get("last_seen", \.timeValue),
            let count = object.get("count", \.countValue),
            let hits = object.get("instances", { $0.map(Hit.init(json:)) }),
            let othersCount = object.get("others_count", \.countValue),
            let occurrences = object.get("occurrences", Occurrences.init(json:)),
            let regressions = object.get("regressions", \.countValue),
            let lastFailure = object.get("last_failure", { $0.id(.failure) }),
            let problem = object.get("problem", Problem.init(json:)),
            let assignee = object.maybe("assignee", \.stringValue),
            let notes = object.get("notes", { $0.list(Note.init(json:)) }),
            let resolvedAt = object.maybe("resolved_at", \.timeValue),
            let resolvedBy = object.maybe("resolved_by", \.stringValue)
        else { return nil }
        self.id = id
        self.fingerprint = fingerprint
        self.state = state
        self.mutedUntil = mutedUntil
        self.mark = mark
        self.kind = kind
        self.solution = solution
        self.workflow = workflow
        self.title = title
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
        self.count = count
        self.hits = hits
        self.othersCount = othersCount
        self.occurrences = occurrences
        self.regressions = regressions
        self.lastFailure = lastFailure
        self.problem = problem
        self.assignee = assignee
        self.notes = notes
        self.resolvedAt = resolvedAt
        self.resolvedBy = resolvedBy
    }

    /// What an alert says of its issue.
    package var summary: JSONValue {
        [
            "id": .id(id), "state": .string(state.rawValue), "mark": .string(mark.rawValue),
            "title": .string(title), "count": .integer(Int64(count)),
            "instances": .integer(Int64(instanceCount)), "first_seen": .time(firstSeen),
            "last_seen": .time(lastSeen), "occurrences": occurrences.json,
        ]
    }
}

extension Issue.Hit {
    var json: JSONValue {
        [
            "count": .integer(Int64(count)), "last_seen": .time(lastSeen),
            "firing": .bool(isFiring),
        ]
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue, let count = object.get("count", \.countValue),
            let lastSeen = object.get("last_seen", \.timeValue),
            let isFiring = object.get("firing", \.boolValue)
        else { return nil }
        self.init(count: count, lastSeen: lastSeen, isFiring: isFiring)
    }
}

extension Issue.Note {
    var json: JSONValue {
        ["at": .time(at), "author": .string(author), "text": .string(text)]
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue, let at = object.get("at", \.timeValue),
            let author = object.get("author", \.stringValue),
            let text = object.get("text", \.stringValue)
        else { return nil }
        self.init(at: at, author: author, text: text)
    }
}

extension Occurrences {
    /// The hour of the last count, and 24 counts, oldest first.
    var json: JSONValue {
        [
            "until": .time(Timestamp(milliseconds: last * Self.hour)),
            "hourly": .array(counts.map { .integer(Int64($0)) }),
        ]
    }

    init?(json: JSONValue) {
        guard let until = json["until"]?.timeValue,
            let counts = json["hourly"]?.list(\.countValue)
        else { return nil }
        self.init(last: floorDivide(until.milliseconds, Self.hour), counts: counts)
    }
}
