import Kernel
import Model
import StorePort

extension RunningExecution {
    /// Performs actions whose causes are durable; true when the execution ended.
    mutating func perform(_ actions: [Action]) -> Bool {
        for action in actions {
            switch action {
            case .runAttempt(let request):
                if !isDraining { begin(request) }
            case .cancelAttempt(let step):
                attempts.removeValue(forKey: step)?.cancel(engine.timers)
                if let held = held.removeValue(forKey: step) { engine.timers.cancel(held.timer) }
            case .setTimer(let timer, let at):
                set(timer, at: at)
            case .cancelTimer(let timer):
                if let old = timers.removeValue(forKey: timer) { engine.timers.cancel(old.token) }
            case .startChild(let request):
                if !isDraining { begin(request) }
            case .cancelChild(let step):
                children.removeValue(forKey: step)?.cancel()
            case .reply(let reply):
                engine.watchers.replied(reply, for: runner.id)
            case .finish(let outcome):
                engine.finished(runner, outcome: outcome, result: result, head: start.head)
                return true
            }
        }
        return false
    }

    private mutating func set(_ timer: TimerReference, at: Timestamp) {
        let mailbox = runner.mailbox
        let clock = engine.clock
        if let old = timers[timer] { engine.timers.cancel(old.token) }
        let token = engine.timers.schedule(at: at) {
            mailbox.send(.event(.timerFired(timer, at: clock.now())))
        }
        timers[timer] = (token, at)
        if timer.purpose == .retry, let request = lastEnded, request.step == timer.step {
            engine.watchers.retryScheduled(request, at: at, of: runner.id)
        }
    }

    /// - Parameter after: the hold that is over, when it was held before.
    mutating func begin(_ request: AttemptRequest, after hold: Hold? = nil) {
        let engine = engine
        let runner = runner
        let correlationID = start.head.correlationID
        let trigger = start.input.trigger
        let config = start.input.config
        if hold == nil {
            engine.watchers.stepStarted(request, at: engine.clock.now(), of: runner.id)
        }
        attemptsBegun += 1
        let number = attemptsBegun
        let pass = AttemptPass(after: hold, by: runner)
        let known = parkings
        let task = Self.begin {
            let end = await engine.attempts.run(
                request,
                runner: runner,
                pass: pass,
                known: known,
                correlationID: correlationID,
                trigger: trigger,
                config: config,
            )
            switch end {
            case .event(let event): runner.mailbox.send(.attempt(event, number: number))
            case .held(let hold): runner.mailbox.send(.held(request.step, hold, number: number))
            }
        }
        attempts[request.step] = RunningAttempt(
            request: request,
            number: number,
            task: task,
            timeout: timeout(of: request, number: number, task: task, pass: pass),
        )
    }

    /// Runs on the caller's thread up to the first wait: quick attempts cost no change of task.
    private static func begin(
        _ body: @escaping @Sendable () async -> Void
    ) -> Task<Void, Never> {
        // tidy: cancelled singly by the machine; its only effect is one message to the mailbox.
        if #available(macOS 26, *) { return Task.immediate(operation: body) }
        // tidy: as above, where the system has no immediate tasks.
        return Task(operation: body)
    }

    /// The deadline ends the attempt even when the connector does not stop.
    private func timeout(
        of request: AttemptRequest,
        number: Int,
        task: Task<Void, Never>,
        pass: AttemptPass,
    ) -> Timers.Token {
        let startedAt = engine.clock.now()
        let keeper = engine.connectionKeeper
        let span = engine.attempts.timeout(of: request)
        let mailbox = runner.mailbox
        let clock = engine.clock
        let attempts = engine.attempts
        let deadline = Timestamp(milliseconds: startedAt.milliseconds + span.milliseconds)
        return engine.timers.schedule(at: deadline) {
            var problem = Problem(
                .timeout,
                detail: "the attempt took longer than \(span)",
                code: "B2101",
            )
            problem.occurredAt = clock.now()
            problem.connectorVersion = attempts.version(of: request.connector, request.operation)
            keeper.settle(pass, problem)
            task.cancel()
            mailbox.send(
                .attempt(
                    .attemptFailed(
                        request.step,
                        attempt: request.attempt,
                        startedAt: startedAt,
                        at: clock.now(),
                        problem: problem,
                    ),
                    number: number,
                )
            )
        }
    }

    private mutating func begin(_ request: ChildRequest) {
        let engine = engine
        let runner = runner
        let correlationID = start.head.correlationID
        // tidy: cancelled singly by the machine; its only effect is one message to the mailbox.
        children[request.step] = Task {
            let event = await engine.children.run(
                request,
                parent: runner,
                correlationID: correlationID,
            )
            runner.mailbox.send(.event(event))
        }
    }
}
