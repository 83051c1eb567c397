import Embedding
import Engine
import Model

extension APIHandlers {
    /// Calls about many objects at once.
    func many(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createEndUsers:
            return try await create(call, APIHandlers.endUserMembers) { body throws(Problem) in
                let (user, isNew) = try await createEndUser(body, by: call.actor)
                return (user.id, isNew)
            }
        case .createInstances:
            return try await create(call, InstanceBody.members) { body throws(Problem) in
                let (instance, isNew) = try await createInstance(body, by: call.actor)
                return (instance.id, isNew)
            }
        case .upgradeInstances: return try await upgradeInstances(call)
        default:
            let body = try call.body(Self.filterMembers.union(["dry_run"]))
            let (summary, next) = try await directory.switchInstances(
                try await filter(body, by: call.actor),
                on: call.route == .enableInstances,
                isDryRun: try body.flag("dry_run"),
                by: call.actor,
            )
            return Self.page(summary.json, next)
        }
    }

    /// Each item by itself, and what became of it in the items' order: one that fails stops no
    /// other.
    private func create(
        _ call: EmbeddingCall,
        _ members: Set<String>,
        _ make: @escaping @Sendable (RequestBody) async throws(Problem) -> (ObjectID, Bool),
    ) async throws(Problem) -> HTTPAnswer {
        let items = try call.body(["items"]).objects("items", limit: Directory.bulkLimit)
        let outcomes = await directory.each(items) { item -> Result<(ObjectID, Bool), Problem> in
            do throws(Problem) {
                return .success(try await make(try RequestBody(item, known: members)))
            } catch {
                return .failure(error)
            }
        }
        var counts = ["created": 0, "found": 0, "failed": 0]
        var results: [JSONValue] = []
        for outcome in outcomes {
            var result = JSONObject()
            let word: String
            switch outcome {
            case .success(let (id, isNew)):
                word = isNew ? "created" : "found"
                result["result"] = .string(word)
                result["id"] = .id(id)
            case .failure(let problem):
                word = "failed"
                result["result"] = .string(word)
                result["problem"] =
                    call.reader == .client ? ClientProblem(problem).json : problem.json
            }
            counts[word, default: 0] += 1
            results.append(.object(result))
        }
        var object = JSONObject()
        for word in ["created", "found", "failed"] {
            object[word] = .integer(Int64(counts[word] ?? 0))
        }
        object["results"] = .array(results)
        return .json(.object(object))
    }

    // MARK: By filter

    static let filterMembers: Set<String> = [
        "solution", "version", "end_user", "state", "limit", "cursor",
    ]

    private func upgradeInstances(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let members = ["from", "to", "config", "dry_run"]
        let body = try call.body(Self.filterMembers.subtracting(["version"]).union(members))
        var filter = try await filter(body, by: call.actor)
        filter.version = try body.text("from")
        let (summary, next) = try await directory.upgradeInstances(
            filter,
            to: try body.neededText("to"),
            given: UpgradePlan.Given(config: try InstanceBody.config(body)),
            isDryRun: try body.flag("dry_run"),
            by: call.actor,
        )
        return Self.page(summary.json, next)
    }

    private func filter(
        _ body: RequestBody,
        by actor: Actor,
    ) async throws(Problem) -> InstanceFilter {
        var filter = InstanceFilter(solution: try body.neededText("solution"))
        filter.version = try body.text("version")
        if body.object["state"] != nil {
            filter.state = try body.word("state", of: [.created, .enabled, .disabled])
        }
        if let limit = try body.number("limit", 1...Int64(InstanceFilter.pageLimit)) {
            filter.limit = Int(limit)
        }
        if let cursor = try body.text("cursor") {
            guard let id = ObjectID(.instance, cursor) else {
                throw RequestBody.wrong("cursor", "take it from the page before")
            }
            filter.after = id
        }
        if let user = try body.text("end_user", InstanceBody.userLength) {
            guard let id = try await owned(user, by: actor) else { throw Access.absent }
            filter.endUser = id
        }
        return filter
    }

    private static func page(_ summary: JSONValue, _ next: ObjectID?) -> HTTPAnswer {
        var object = summary.objectValue ?? JSONObject()
        object["next_cursor"] = next.map(JSONValue.id)
        return .json(.object(object))
    }
}
