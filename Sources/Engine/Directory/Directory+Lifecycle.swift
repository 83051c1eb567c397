import Definitions
import Embedding
import Model
import StorePort

extension Directory {
    /// What the solution's workflows with an `instance` trigger are told: a record for each event,
    /// in the transaction of the change. It is deleted when they have started.
    ///
    /// - Parameter version: of the instance's record before; nil when it is new.
    func lifecycleChanges(
        _ change: InstanceChange,
        was: Instance?,
        _ pinned: SolutionVersion,
        version: Int64?,
    ) -> [RecordChange] {
        guard let event = change.event,
            pinned.workflows.contains(where: { $0.trigger == "instance" })
        else { return [] }
        var events = [event]
        // One that is made and switched on at once lives through both.
        if event == .created, change.instance.state == .enabled { events.append(.enabled) }
        return events.map { event in
            let notice = LifecycleNotice(
                event: event,
                at: change.instance.updatedAt,
                instance: change.instance,
                before: was?.view(for: .partner, of: pinned),
                after: change.instance.view(for: .partner, of: pinned),
                config: event == .deleted ? was?.config : change.instance.config,
            )
            return .put(
                RecordPut(
                    kind: .lifecycle,
                    id: "\(change.instance.id):\((version ?? 0) + 1):\(event.rawValue)",
                    owner: change.instance.endUser.description,
                    document: JSONWriter.bytes(notice.json),
                    dueAt: now,
                    expected: .absent,
                )
            )
        }
    }

    /// What starts a workflow that hears of the instance's life, whatever its state is now.
    func start(
        _ notice: LifecycleNotice,
        _ version: SolutionVersion,
        workflow name: String,
    ) async throws(Problem) -> StartRequest {
        var instance = notice.instance
        instance.config = notice.config ?? instance.config
        return try await request(instance, version, workflow: name, trigger: notice.trigger)
    }
}

/// One event of an instance's life, as it waits to be told.
struct LifecycleNotice: JSONDocument {
    var event: LifecycleEvent
    var at: Timestamp
    var instance: Instance
    /// Views without secrets.
    var before: JSONValue?
    var after: JSONValue
    /// The values that the workflow sees: of a deleted instance those that it had.
    var config: JSONObject?

    init(
        event: LifecycleEvent,
        at: Timestamp,
        instance: Instance,
        before: JSONValue?,
        after: JSONValue,
        config: JSONObject?,
    ) {
        self.event = event
        self.at = at
        self.instance = instance
        self.instance.secrets = [:]
        self.before = before
        self.after = after
        self.config = config
    }

    /// `$trigger`.
    var trigger: JSONValue {
        var object = JSONObject()
        object["event"] = .string(event.rawValue)
        object["at"] = .string(at.description)
        object["instance"] = .string(instance.id.description)
        object["before"] = before ?? .null
        object["after"] = after
        return .object(object)
    }

    var json: JSONValue {
        var object = JSONObject()
        object["event"] = .string(event.rawValue)
        object["at"] = .string(at.description)
        object["instance"] = instance.json
        object["before"] = before
        object["after"] = after
        object["config"] = config.map(JSONValue.object)
        return .object(object)
    }

    init?(json: JSONValue) {
        guard let event = json["event"]?.stringValue.flatMap(LifecycleEvent.init(rawValue:)),
            let at = json["at"]?.stringValue.flatMap(Timestamp.init),
            let instance = json["instance"].flatMap(Instance.init(json:)),
            let after = json["after"]
        else { return nil }
        self.init(
            event: event,
            at: at,
            instance: instance,
            before: json["before"],
            after: after,
            config: json["config"]?.objectValue,
        )
    }
}
