import Breakers
import Definitions
import Kernel
import Model
import StorePort

/// The state of one running execution, owned by its runner's task.
struct RunningExecution {
    let runner: Runner
    let engine: Engine
    let start: RunnerStart
    var machine: Machine
    var sequence = 0
    /// Events applied and not yet journaled.
    var unwritten: [JournalEntry] = []
    var attempts: [StepReference: RunningAttempt] = [:]
    /// Attempts that did not begin: they ask again later.
    var held: [StepReference: HeldAttempt] = [:]
    /// By connection: what is written of those that are parked.
    var parkings: [String: Parking]
    var children: [StepReference: Task<Void, Never>] = [:]
    var timers: [TimerReference: (token: Timers.Token, at: Timestamp)] = [:]
    /// Attempts that were begun.
    var attemptsBegun = 0
    /// The attempt that ended last: a retry timer that follows is its.
    var lastEnded: AttemptRequest?
    var isDraining = false
    var isAbandoned = false
    var isIdle = false
    var storedStatus: ExecutionStatus
    /// What was written of the end.
    var result: [UInt8] = []
    var writeFailures = 0

    init(runner: Runner, start: RunnerStart, engine: Engine) {
        self.runner = runner
        self.engine = engine
        self.start = start
        storedStatus = start.head.status
        parkings = [:]
        for parking in start.parkings { parkings[parking.connection] = parking }
        machine = Machine(
            definition: runner.workflow.definition,
            context: ExecutionContext(
                id: runner.id,
                trigger: start.input.trigger,
                config: start.input.config,
                execution: ExecutionFactsObject.make(start.head, start.input),
                instance: start.input.instance,
                user: start.input.user,
            ),
            limits: engine.deployment.project.account.limits,
            wording: runner.wording(config: start.input.config),
        )
    }

    // MARK: The loop

    mutating func run() async {
        var actions = begin()
        while true {
            if await write(finishing: outcome(in: actions)) == false { break }
            if perform(actions) { break }
            actions = []
            if isDraining, attempts.isEmpty, children.isEmpty {
                await handBack()
                break
            }
            if await rest() { break }
            for message in await receive() { actions += take(message) }
            if isAbandoned { break }
        }
        await cleanUp()
    }

    /// Rebuilds the machine, or starts it, and gives the first actions.
    private mutating func begin() -> [Action] {
        guard !start.journal.isEmpty else {
            let now = engine.clock.now()
            let age = now.milliseconds - runner.id.createdAt.milliseconds
            var actions = apply(.started(at: now))
            if let problem = start.refusal {
                actions = apply(.aborted(at: now, reason: .neverStarted, problem: problem))
            } else if age > engine.configuration.queueTimeout.milliseconds {
                actions = apply(.aborted(at: now, reason: .expired, problem: .expired(age: age)))
            } else if let actor = start.head.cancelRequestedBy {
                actions = apply(.cancelRequested(at: now, by: actor))
            }
            return actions
        }
        var timeline = Timeline()
        for entry in start.journal {
            let event: Event
            do throws(Problem) { event = try opened(entry) } catch {
                sequence = (start.journal.last?.sequence ?? entry.sequence) + 1
                return apply(
                    .aborted(at: engine.clock.now(), reason: .failed, problem: error)
                )
            }
            timeline.add(event)
            sequence = entry.sequence + 1
        }
        var actions = told(machine.replay(timeline))
        if let problem = start.refusal, machine.outcome == nil {
            return apply(
                .aborted(at: engine.clock.now(), reason: .failed, problem: problem)
            )
        }
        if start.isRecovered, machine.outcome == nil { actions = machine.outstanding }
        if let actor = start.head.cancelRequestedBy, machine.outcome == nil {
            actions = apply(.cancelRequested(at: engine.clock.now(), by: actor))
        }
        return actions
    }

    private mutating func receive() async -> [RunnerMessage] {
        let messages = await runner.mailbox.receive()
        guard isIdle else { return messages }
        isIdle = false
        await engine.resume(runner)
        return messages
    }

    private mutating func take(_ message: RunnerMessage) -> [Action] {
        switch message {
        case .event(let event):
            return isAwaited(event) ? apply(event) : []
        case .attempt(let event, let number):
            return isAwaited(event, number: number) ? apply(event) : []
        case .held(let step, let hold, let number): take(step, hold, number: number)
        case .goOn(let step, let number): goOn(step, number: number)
        case .unparked: askAgain()
        case .drain:
            isDraining = true
        case .stop:
            isDraining = true
            for attempt in attempts.values { attempt.cancel(engine.timers) }
            for task in children.values { task.cancel() }
            attempts = [:]
            children = [:]
        case .abandon:
            isAbandoned = true
        }
        return []
    }

    /// Applies an event and keeps it for the next write, unless nothing waited for it.
    private mutating func apply(_ event: Event) -> [Action] {
        guard machine.outcome == nil else { return [] }
        unwritten.append(entry(event, sequence))
        sequence += 1
        return told(machine.apply(event))
    }

    /// Whether something still waits for the event; what it answered is forgotten. Late answers of
    /// attempts that timed out or were cancelled end here and are not journaled.
    private mutating func isAwaited(_ event: Event, number: Int? = nil) -> Bool {
        switch event {
        case .attemptSucceeded(let step, _, _, _, _), .attemptFailed(let step, _, _, _, _):
            guard let attempt = attempts[step], attempt.number == number else { return false }
            attempts[step] = nil
            engine.timers.cancel(attempt.timeout)
            lastEnded = attempt.request
            let known = runner.known
            engine.watchers.stepEnded(attempt.request, event, known, of: runner.id)
            return true
        case .childStarted(let step, _, _), .childSucceeded(let step, _, _, _),
            .childFailed(let step, _, _, _):
            return children.removeValue(forKey: step) != nil
        case .timerFired(let timer, _):
            return timers.removeValue(forKey: timer) != nil
        case .started, .cancelRequested, .aborted, .resumed:
            return true
        }
    }

    private func outcome(in actions: [Action]) -> Outcome? {
        guard case .finish(let outcome)? = actions.last else { return nil }
        return outcome
    }

    // MARK: The journal

    /// Makes everything applied so far durable; false when the execution is no longer ours.
    private mutating func write(finishing outcome: Outcome?) async -> Bool {
        let head: JournalWrite.Head?
        if let outcome {
            result = encodedResult(outcome)
            head = .finished(
                reason: outcome.reason,
                at: engine.clock.now(),
                problem: outcome.problem?.type,
                result: result,
            )
        } else if storedStatus == .waiting || storedStatus == .queued, !unwritten.isEmpty {
            head = .running
        } else {
            head = nil
        }
        guard head != nil || !unwritten.isEmpty else { return true }
        var records: RecordWrite?
        if let outcome, outcome.problem != nil {
            records = await engine.failureWrite(of: runner, outcome)
        }
        guard await append(head, records) else { return false }
        if case .running? = head { storedStatus = .running }
        return true
    }

    /// One write, tried until the store takes it, says that the execution is not ours, or closes.
    private mutating func append(
        _ head: JournalWrite.Head?,
        _ records: RecordWrite? = nil,
    ) async -> Bool {
        guard let worker = engine.workerID else { return false }
        let parkingChanges = parkingChanges(head)
        let changes = (records?.changes ?? []) + parkingChanges
        let write = JournalWrite(
            id: runner.id,
            worker: worker,
            entries: unwritten,
            head: head,
            records: changes.isEmpty
                ? nil : cleaned(RecordWrite(changes, now: engine.clock.now())),
        )
        var delay: Int64 = 20
        while true {
            do {
                try await engine.store.append(write)
                unwritten.removeAll(keepingCapacity: true)
                if !parkingChanges.isEmpty { parkings = parked }
                return true
            } catch .unavailable(let reason) {
                engine.storeFailed(reason, execution: runner.id)
            } catch {
                engine.lostExecution(runner.id, error)
                return false
            }
            let deadline = Timestamp(milliseconds: engine.clock.now().milliseconds + delay)
            do { try await engine.clock.sleep(until: deadline) } catch { return false }
            delay = min(delay * 2, 2_000)
        }
    }

    /// Nothing runs now: the slot is given back, and a long wait leaves memory. True when it left.
    private mutating func rest() async -> Bool {
        guard attempts.isEmpty, !isIdle, runner.mailbox.isEmpty else { return false }
        if children.isEmpty, let wake = nextWake {
            let span = wake.milliseconds - engine.clock.now().milliseconds
            if !parked.isEmpty || span > engine.configuration.residentWait.milliseconds {
                guard await append(.released(status: .waiting, wakeAt: wake)) else { return true }
                engine.watchers.publish(.waiting(until: wake), for: runner.id)
                return true
            }
        }
        if storedStatus != .waiting {
            guard await append(.waiting) else { return true }
            storedStatus = .waiting
        }
        engine.watchers.publish(.waiting(until: nextWake), for: runner.id)
        isIdle = true
        engine.goneIdle(runner)
        return false
    }

    /// Gives the execution to whoever comes next: at once when work is unanswered, else when its
    /// next timer is due.
    private mutating func handBack() async {
        let hasWork = machine.outstanding.contains { action in
            switch action {
            case .runAttempt(let request): held[request.step] == nil
            case .startChild: true
            default: false
            }
        }
        let wake = hasWork ? engine.clock.now() : nextWake
        _ = await append(.released(status: hasWork ? .running : .waiting, wakeAt: wake))
    }

    /// When the next timer is due, or an attempt that is held asks again.
    private var nextWake: Timestamp? {
        (timers.values.map(\.at) + held.values.map(\.wakeAt)).min()
    }

    private mutating func cleanUp() async {
        for (_, timer) in timers { engine.timers.cancel(timer.token) }
        for attempt in held.values { engine.timers.cancel(attempt.timer) }
        for attempt in attempts.values { attempt.cancel(engine.timers) }
        for task in children.values { task.cancel() }
    }
}

/// One attempt in flight.
struct RunningAttempt {
    let request: AttemptRequest
    /// Unlike the request's own number never used twice by a runner: the late answer of a cancelled
    /// attempt is not taken for that of the same step begun anew.
    let number: Int
    let task: Task<Void, Never>
    let timeout: Timers.Token

    func cancel(_ timers: Timers) {
        task.cancel()
        timers.cancel(timeout)
    }
}
