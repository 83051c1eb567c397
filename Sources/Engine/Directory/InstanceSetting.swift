import Definitions
import Embedding
import Model
import StorePort

/// What a running execution knows of its instance and what is never written into its journal: its
/// secrets, opened.
struct InstanceSetting: Sendable {
    var instance: Instance
    /// Values of the secret config slots.
    var secrets: JSONObject
    /// These and the credentials of its connections.
    var known: SecretSet
    /// The words of its solution version.
    var texts: TextBook

    /// `$config` with the secrets in it.
    func config(_ stored: JSONValue) -> JSONValue {
        guard !secrets.isEmpty, case .object(var object) = stored else { return stored }
        for (name, value) in secrets { object[name] = value }
        return .object(object)
    }
}

extension Directory {
    /// Nil for the account's own executions and for an instance that is gone.
    func setting(_ instance: String) async throws(Problem) -> InstanceSetting? {
        guard let id = ObjectID(.instance, instance),
            let found = try await self.instance(id, scope: .account)
        else { return nil }
        return try await setting(of: found)
    }

    /// The same of an instance as it is or was.
    func setting(of instance: Instance) async throws(Problem) -> InstanceSetting {
        let known = await secrets(of: instance)
        return InstanceSetting(
            instance: instance,
            secrets: try opened(instance),
            known: known.secrets,
            texts: known.texts,
        )
    }

    /// The same by the instance's id as text.
    func start(
        instance text: String,
        workflow name: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest {
        guard let id = ObjectID(.instance, text),
            let instance = try await instance(id, scope: .account)
        else { throw Access.absent }
        return try await start(instance, workflow: name, trigger: trigger)
    }

    /// What starts an execution of an instance's workflow, as its version has it.
    ///
    /// - Throws: `not_found` when there is no such instance or workflow, or it is not enabled.
    package func start(
        _ instance: Instance,
        workflow name: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest {
        guard instance.state == .enabled,
            let version = try await version(instance.solution, instance.version),
            version.workflows.contains(where: { $0.name == name })
        else { throw Access.absent }
        return try await request(instance, version, workflow: name, trigger: trigger)
    }

    /// A call from a running execution: it finishes as it began, also when the instance has been
    /// upgraded or switched off since.
    func call(
        _ caller: Engine.Caller,
        workflow name: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest {
        guard let id = ObjectID(.instance, caller.instance),
            let instance = try await instance(id, scope: .account),
            let version = try await version(
                instance.solution,
                caller.version ?? instance.version,
            )
        else { throw Access.absent }
        guard version.workflows.contains(where: { $0.name == name }) else {
            throw Problem(
                .configuration,
                detail: "there is no workflow \(name) to call in version \(version.version)",
                code: "B2206",
            )
        }
        let request = try await request(instance, version, workflow: name, trigger: trigger)
        try engine.checkCallable(request.workflow)
        return request
    }

    func request(
        _ instance: Instance,
        _ version: SolutionVersion,
        workflow name: String,
        trigger: JSONValue,
    ) async throws(Problem) -> StartRequest {
        guard let reference = version.workflows.first(where: { $0.name == name }) else {
            throw Access.absent
        }
        let workflow = try await stored { () throws(StoreError) in
            try await engine.workflow(
                solution: instance.solution,
                name: name,
                digest: reference.digest,
            )
        }
        guard let workflow else { throw Problem.missingDefinition(reference.digest) }
        var request = StartRequest(
            workflow: workflow,
            instance: instance.id.description,
            trigger: trigger,
        )
        let account = engine.deployment.project.account
        request.config = .object(
            EffectiveConfig.values(
                of: instance,
                on: version,
                SlotContext(accountConfig: account.config),
            )
        )
        let owner: (document: EndUser, record: Record)? = try await find(
            .endUser,
            instance.endUser.description,
            .account,
        )
        request.facts = InstanceFacts(
            instance,
            version: version.version,
            user: owner?.document,
        )
        return request
    }
}

/// `$instance` and `$user`.
package struct InstanceFacts: Sendable {
    var instance: JSONValue
    var user: JSONValue

    init(_ instance: Instance, version: String, user: EndUser?) {
        self.instance = [
            "id": .string(instance.id.description), "name": .string(instance.name),
            "solution": .string(instance.solution), "version": .string(version),
        ]
        var facts = JSONObject()
        facts["id"] = .string(instance.endUser.description)
        facts["external_id"] = (user?.externalID).map(JSONValue.string)
        facts["name"] = (user?.name).map(JSONValue.string)
        if let locale = user?.metadata["locale"]?.stringValue { facts["locale"] = .string(locale) }
        self.user = .object(facts)
    }

    init(instance: JSONValue, user: JSONValue) {
        self.instance = instance
        self.user = user
    }
}
