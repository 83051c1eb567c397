import Embedding
import Engine
import Model

extension APIHandlers {
    func instances(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createInstance: return try await createInstance(call)
        case .instances: return try await listInstances(call)
        case .upgradeInstance: return try await upgradeInstance(call)
        case .deleteInstance:
            _ = try await directory.deleteInstance(try call.id(.instance), by: call.actor)
            return EmbeddingCall.gone
        default: return .json(try await view(try await changed(call), call))
        }
    }

    /// What is asked of one instance.
    private func changed(_ call: EmbeddingCall) async throws(Problem) -> Instance {
        let id = try call.id(.instance)
        switch call.route {
        case .enableInstance: return try await directory.enableInstance(id, by: call.actor)
        case .disableInstance: return try await directory.disableInstance(id, by: call.actor)
        case .configureInstance:
            let values = try call.body(nil).object
            try RequestBody.check(values, "config", limit: RequestBody.configLimit)
            return try await directory.configureInstance(id, values: values, by: call.actor)
        case .connectInstance:
            let slots = try InstanceBody.slots(try call.body(nil).object, of: "auth")
            return try await directory.connectInstance(id, slots: slots, by: call.actor)
        default:
            let instance = try await directory.instance(id, by: call.actor)
            guard instance.state != .deleted else { throw EmbeddingFault.deleted.problem() }
            return instance
        }
    }

    private func view(
        _ instance: Instance,
        _ call: EmbeddingCall,
    ) async throws(Problem) -> JSONValue {
        guard let version = try await directory.version(instance.solution, instance.version) else {
            throw Access.absent
        }
        var words = ClientWords(languages: call.request.languages)
        if instance.problem != nil, call.reader == .client {
            words = await engine.words(
                solution: instance.solution,
                version: instance.version,
                config: .object(instance.config),
                words.languages,
            )
        }
        return instance.view(for: call.reader, of: version) { [words] in words($0) }
    }

    private func createInstance(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let (instance, isNew) = try await createInstance(
            try call.body(InstanceBody.members),
            by: call.actor,
        )
        return EmbeddingCall.made(
            try await view(instance, call),
            instance.id,
            at: Route.instances.path,
            isNew: isNew,
        )
    }

    func createInstance(
        _ body: RequestBody,
        by actor: Actor,
    ) async throws(Problem) -> (instance: Instance, isNew: Bool) {
        let own = actor.endUser?.description
        let user = try body.text("end_user", InstanceBody.userLength) ?? own
        guard let user else { throw RequestBody.wrong("end_user", "it is missing") }
        let solution = try body.neededText("solution")
        let version = try body.text("version")
        let name = try body.text("name") ?? Instance.defaultName
        let config = try InstanceBody.config(body)
        let auth = try InstanceBody.auth(body)
        let isEnabled = try body.flag("enable")
        guard let owner = try await owned(user, by: actor) else { throw Access.absent }
        var new = Directory.NewInstance(
            endUser: owner,
            solution: solution,
            version: version,
            name: name,
        )
        new.config = config
        new.auth = auth
        new.isEnabled = isEnabled
        return try await directory.createInstance(new, by: actor)
    }

    private func listInstances(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let limit = try call.limit()
        let cursor = try call.cursor(.instance)
        let state: Instance.State?
        do throws(APIFault) { state = try call.query.word("state") } catch { throw error.problem }
        var owner: ObjectID?
        if let text = call.query["end_user"] {
            owner = try await owned(text, by: call.actor)
            guard owner != nil else {
                return EmbeddingCall.page("instances", [], count: 0, limit: limit, last: nil)
            }
        }
        let instances = try await directory.instances(
            endUser: owner,
            solution: call.query["solution"],
            state: state,
            after: cursor,
            limit: limit,
            by: call.actor,
        )
        var views: [JSONValue] = []
        for instance in instances where instance.state != .deleted || state == .deleted {
            views.append(try await view(instance, call))
        }
        return EmbeddingCall.page(
            "instances",
            views,
            count: instances.count,
            limit: limit,
            last: instances.last?.id,
        )
    }

    // MARK: Upgrades

    private func upgradeInstance(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let id = try call.id(.instance)
        let body = try call.body(["version", "config", "auth", "dry_run"])
        let isDryRun = try body.flag("dry_run")
        let plan = try await directory.upgradeInstance(
            id,
            to: try body.neededText("version"),
            given: UpgradePlan.Given(
                config: try InstanceBody.config(body),
                auth: try InstanceBody.auth(body),
            ),
            isDryRun: isDryRun,
            by: call.actor,
        )
        if !isDryRun, case .failure(let problem) = plan.outcome { throw problem }
        return .json(plan.json(for: call.reader))
    }
}
