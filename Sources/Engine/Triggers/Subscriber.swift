import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

/// Keeps what was agreed with a service as the instance wants it: makes a subscription, renews it,
/// ends it.
///
/// That one is being made is written before the service is asked, with its secret and the key of
/// its address. So a request that comes before the answer can be verified; and after a crash the
/// service is asked again for the same, which a connector answers with what is there.
struct Subscriber: Sendable {
    private static let interval = TimeSpan(milliseconds: 10_000)
    /// Tries to end a subscription before it is left to the service, which hears 410 from then on.
    private static let endings = 10
    private static let shortestRenewal: Int64 = 1_000

    private let engine: Engine
    private let due: DueTrigger
    private var directory: Directory { engine.directory }
    private var now: Timestamp { engine.clock.now() }

    init(_ engine: Engine, _ due: DueTrigger) {
        self.engine = engine
        self.due = due
    }

    /// One step; what comes next is due at once.
    func run() async throws(Problem) {
        do throws(Problem) {
            if let leaving = due.state.leaving {
                if due.isWanted, !isRunningOut, try await isSame(leaving) {
                    var state = due.state
                    state.leaving = nil
                    // Whether the service has been told to end it is not known: it is asked for the
                    // same once more, and answers with what is there.
                    state.subscription?.id = ""
                    return try await write(state, dueAt: now)
                }
                return try await end(as: leaving)
            }
            guard case .service(let trigger) = due.workflow.definition.trigger,
                let pusher = engine.pusher(of: trigger)
            else { return }
            try await keep(trigger, pusher.connector, pusher.spec)
        } catch {
            try await failed(error)
        }
    }

    // MARK: Making and renewing

    private func keep(
        _ trigger: ServiceTrigger,
        _ connector: any PushingConnector,
        _ spec: PushTriggerSpec,
    ) async throws(Problem) {
        var state = due.state
        var version = due.record.version
        if state.subscription == nil {
            state.kind = .push
            state.subscription = TriggerState.Subscription(
                id: "",
                sealed: try seal(secret: engine.newSecret()),
            )
            let result = try await directory.write([
                directory.put(
                    state,
                    owner: due.instance.endUser,
                    dueAt: now + engine.configuration.triggerHide,
                    expected: .version(version),
                )
            ])
            // Somebody changed the instance: it is due again.
            guard case .done(let versions) = result else { return }
            version = versions.first ?? version
        }
        guard let subscription = state.subscription else { return }
        let isNew = subscription.id.isEmpty
        if !isNew, spec.subscribes, !spec.renews, subscription.expiresAt != nil {
            // It cannot be renewed: another one takes its place.
            state.leaving = due.instance
            return try await write(state, dueAt: now)
        }
        let target = try target(state)
        guard spec.subscribes else {
            return try await settle(PushSubscription(id: target.key), target, connector, trigger)
        }
        let (call, known) = try await engine.call(
            trigger,
            of: due.instance,
            workflow: due.workflow,
            key: target.key,
        )
        let before =
            isNew
            ? nil
            : PushSubscription(
                id: subscription.id,
                expiresAt: subscription.expiresAt,
                secret: target.secret,
            )
        do throws(Problem) {
            let made = try await engine.bounded { () throws(Problem) in
                try await connector.subscribe(
                    trigger.trigger,
                    to: target,
                    known: before,
                    call: call,
                )
            }
            try await settle(made, target, connector, trigger)
        } catch {
            throw known.redact(error)
        }
    }

    /// Writes down what the service agreed to; when the subscription is not wanted any more and
    /// its record is gone, it is ended at once.
    private func settle(
        _ made: PushSubscription,
        _ target: PushTarget,
        _ connector: any PushingConnector,
        _ trigger: ServiceTrigger,
    ) async throws(Problem) {
        let sealed = try seal(secret: made.secret ?? target.secret)
        for _ in 0..<Directory.tries {
            let found: (document: TriggerState, record: Record)? = try await directory.find(
                .trigger,
                due.record.id,
                .account,
            )
            guard let found, found.document.generation == due.state.generation,
                found.document.subscription != nil
            else {
                let (call, _) = try await engine.call(
                    trigger,
                    of: due.instance,
                    workflow: due.workflow,
                    key: target.key,
                )
                return try await connector.unsubscribe(
                    trigger.trigger,
                    made,
                    of: target,
                    call: call,
                )
            }
            var state = found.document
            state.subscription = TriggerState.Subscription(
                id: made.id,
                expiresAt: made.expiresAt,
                sealed: sealed,
            )
            state.consecutiveFailures = 0
            state.nextDue = renewal(of: made)
            let dueAt = state.leaving == nil ? state.nextDue : now
            if try await write(state, found.record, dueAt: dueAt) { return }
        }
        throw Directory.busy()
    }

    private func write(
        _ state: TriggerState,
        _ record: Record,
        dueAt: Timestamp?,
    ) async throws(Problem) -> Bool {
        var changes = [
            directory.put(
                state,
                owner: due.instance.endUser,
                dueAt: dueAt,
                expected: .version(record.version),
            )
        ]
        let current: (document: Instance, record: Record)? = try await directory.find(
            .instance,
            due.instance.id.description,
            .account,
        )
        if let current,
            let change = directory.problemChange(
                nil,
                of: state.workflow,
                on: current.document,
                current.record,
            )
        {
            changes.append(change)
        }
        return try await directory.write(changes).isDone
    }

    /// After three quarters of what is left of it.
    private func renewal(of made: PushSubscription) -> Timestamp? {
        made.expiresAt.map { end in
            let left = max(0, end.milliseconds - now.milliseconds)
            return now + TimeSpan(milliseconds: max(left / 4 * 3, Self.shortestRenewal))
        }
    }

    // MARK: Ending

    /// What a subscription depends on.
    private struct Binding: Hashable {
        var connector: String
        var trigger: String
        var authentication: String?
        var input: JSONValue
    }

    /// It was marked as leaving because its time is over, not because the instance changed.
    private var isRunningOut: Bool {
        due.state.subscription?.expiresAt != nil && (due.state.nextDue.map { $0 <= now } ?? false)
    }

    private func isSame(_ leaving: Instance) async throws(Problem) -> Bool {
        guard let was = try await binding(of: leaving) else { return false }
        return try await binding(of: due.instance) == was
    }

    private func binding(of instance: Instance) async throws(Problem) -> Binding? {
        guard let workflow = try await directory.workflow(due.state.workflow, of: instance),
            case .service(let trigger) = workflow.definition.trigger
        else { return nil }
        var authentication: String?
        if let slot = trigger.auth {
            authentication = try await directory.authentication(in: slot, of: instance)?.id
                .description
        }
        let (call, _) = try await engine.call(trigger, of: instance, workflow: workflow, key: "")
        return Binding(
            connector: trigger.connector,
            trigger: trigger.trigger,
            authentication: authentication,
            input: call.input,
        )
    }

    private func end(as leaving: Instance) async throws(Problem) {
        guard let subscription = due.state.subscription,
            let workflow = try await directory.workflow(due.state.workflow, of: leaving),
            case .service(let trigger) = workflow.definition.trigger,
            let (connector, spec) = engine.pusher(of: trigger), spec.subscribes
        else { return try await ended(nil) }
        let target = try target(due.state)
        do throws(Problem) {
            let (call, _) = try await engine.call(
                trigger,
                of: leaving,
                workflow: workflow,
                key: target.key,
            )
            try await engine.bounded { () throws(Problem) in
                var made = PushSubscription(id: subscription.id, secret: target.secret)
                if subscription.id.isEmpty {
                    // Whether the service got our request is not known: this finds it.
                    made = try await connector.subscribe(
                        trigger.trigger,
                        to: target,
                        known: nil,
                        call: call,
                    )
                }
                try await connector.unsubscribe(
                    trigger.trigger,
                    made,
                    of: target,
                    call: call,
                )
            }
            try await ended(nil)
        } catch {
            let isHopeless =
                due.instance.state == .deleted
                && [.configuration, .authentication, .authorization, .notFound].contains(error.type)
            guard isHopeless || due.state.consecutiveFailures + 1 >= Self.endings else {
                throw error
            }
            var problem = Problem(
                error.type,
                detail: "the subscription \(subscription.id) could not be ended and is left to the"
                    + " service: \(error.detail ?? error.title)",
                code: "B2878",
            )
            problem.cause = error
            try await ended(problem)
        }
    }

    /// The trigger begins anew, or is gone.
    private func ended(_ problem: Problem?) async throws(Problem) {
        var state = TriggerState(
            instance: due.state.instance,
            workflow: due.state.workflow,
            kind: .poll,
            generation: due.state.generation + 1,
        )
        if case .schedule = due.workflow.definition.trigger { state.kind = .schedule }
        let expected = RecordExpectation.version(due.record.version)
        var changes = [
            due.isWanted
                ? directory.put(
                    state,
                    owner: due.instance.endUser,
                    dueAt: now,
                    expected: expected,
                )
                : .delete(.trigger, id: due.record.id, expected: expected)
        ]
        if let problem {
            changes.append(
                directory.failure(
                    .subscription,
                    problem,
                    of: due.instance,
                    workflow: state.workflow,
                )
            )
        }
        _ = try await directory.write(changes)
    }

    private func failed(_ problem: Problem) async throws(Problem) {
        var due = due
        // That it is being made was written meanwhile.
        let current: (document: TriggerState, record: Record)? = try await directory.find(
            .trigger,
            due.record.id,
            .account,
        )
        guard let current else { return }
        let failures = due.state.consecutiveFailures
        (due.state, due.record) = (current.document, current.record)
        due.state.consecutiveFailures = failures
        try await engine.fail(
            due,
            .subscription,
            problem,
            retryAt: engine.retryTime(
                after: problem,
                failures: failures,
                every: Self.interval,
            ),
        )
    }

    // MARK: Parts

    private func write(_ state: TriggerState, dueAt: Timestamp?) async throws(Problem) {
        _ = try await directory.write([
            directory.put(
                state,
                owner: due.instance.endUser,
                dueAt: dueAt,
                expected: .version(due.record.version),
            )
        ])
    }

    private func seal(secret: String) throws(Problem) -> String {
        try engine.vault.seal(Array(secret.utf8), context: TriggerState.context(due.record.id))
    }

    private func target(_ state: TriggerState) throws(Problem) -> PushTarget {
        let id = due.record.id
        return PushTarget(
            url: engine.eventsURL(of: id, generation: state.generation),
            key: "\(id):\(state.generation)",
            secret: try engine.secret(of: state, id),
        )
    }
}

extension TriggerState {
    /// What the secret of the subscription is sealed for.
    static func context(_ id: String) -> String { "trigger:\(id)" }
}

extension Engine {
    /// A new secret for a service to sign with, as Standard Webhooks writes one.
    func newSecret() -> String { "whsec_" + Base64.encoded(StatusCapability.newKey()) }

    func secret(of state: TriggerState, _ id: String) throws(Problem) -> String {
        guard let sealed = state.subscription?.sealed else { return "" }
        return String(
            decoding: try vault.open(sealed, context: TriggerState.context(id)),
            as: UTF8.self,
        )
    }

    /// Where a service sends its events: bound to one subscription of one trigger.
    func eventsURL(of id: String, generation: Int) -> String {
        let token = eventsCapability(of: id, generation: generation)
        return "\(configuration.publicURL ?? "")/hooks/events/\(id)/\(token)"
    }
}
