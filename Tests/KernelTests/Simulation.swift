import Definitions
import Expressions
import Kernel
import Model

/// One random workflow, run to its end with random answers.
struct Simulation {
    struct Run {
        var definition: WorkflowDefinition
        var context: ExecutionContext
        var events: [Event]
        var actions: [[Action]]
        var outcome: Outcome?
    }

    /// Something a machine asked for and that is not answered yet.
    enum Question: Hashable {
        case attempt(StepReference, Int)
        case timer(TimerReference, Timestamp)
        case child(StepReference)
    }

    private var random: SeededRandom
    private var build = Build()
    private var clock: Int64 = 0

    init(seed: UInt64) {
        random = SeededRandom(state: seed &* 7919 &+ 17)
    }

    mutating func run() -> Run? {
        build = Build()
        clock = 0
        let steps = self.steps(depth: 0, inLoop: false)
        let handler = random.chance(30) ? handler(depth: 1, inLoop: false) : nil
        let definition = build.workflow(
            steps,
            onError: handler,
            timeout: random.chance(10) ? 5000 : nil,
        )
        let context = ExecutionContext(id: Drive.id, trigger: ["list": [1, 2, 3], "flag": true])
        var machine = Machine(definition: definition, context: context)
        var run = Run(definition: definition, context: context, events: [], actions: [])
        let start = Event.started(at: Timestamp(milliseconds: 0))
        run.events.append(start)
        run.actions.append(machine.apply(start))
        var open: [Question] = []
        Self.follow(run.actions[0], &open)
        return finish(&machine, &run, open) ? run : nil
    }

    /// Answers until the end; false when it does not come.
    private mutating func finish(
        _ machine: inout Machine,
        _ run: inout Run,
        _ open: [Question],
    ) -> Bool {
        var open = open
        for _ in 0..<20_000 {
            if machine.outcome != nil {
                run.outcome = machine.outcome
                return true
            }
            guard let event = answer(open) else { return false }
            Self.close(event, &open)
            let actions = machine.apply(event)
            run.events.append(event)
            run.actions.append(actions)
            Self.follow(actions, &open)
        }
        return false
    }

    /// Goes on after the end; nil when that is refused, false when the new end does not come.
    mutating func resume(_ run: inout Run, from start: Rewind.Start) -> Bool? {
        let timeline = Timeline(run.events)
        let rewind: Rewind
        do throws(ReplayRefusal) {
            rewind = try Rewind.plan(
                timeline,
                from: start,
                definition: run.definition,
                context: run.context,
                limits: LimitsDefinition(),
            )
        } catch {
            return nil
        }
        clock += 10_000
        let at = Timestamp(milliseconds: clock)
        let event = Event.resumed(rewind.resumption(at: at, by: "simulation"))
        run.events.append(event)
        var machine = Machine(definition: run.definition, context: run.context)
        run.actions.append(machine.replay(Timeline(run.events)))
        run.outcome = nil
        return finish(&machine, &run, machine.outstanding.compactMap(Self.question))
    }

    /// A step of the workflow, by its path.
    mutating func anyStep() -> Rewind.Start {
        let items = (0..<random.below(3)).map { _ in String(random.below(3)) }
        let name = "n\(random.below(build.nodes))"
        return .step(items.isEmpty ? name : name + "@" + items.joined(separator: "."))
    }

    static func question(_ action: Action) -> Question? {
        switch action {
        case .runAttempt(let request): .attempt(request.step, request.attempt)
        case .setTimer(let timer, let at): .timer(timer, at)
        case .startChild(let request): .child(request.step)
        default: nil
        }
    }

    /// The questions that were open after so many events.
    func open(after count: Int, of run: Run) -> Set<Question> {
        var open: [Question] = []
        for (event, actions) in zip(run.events[..<count], run.actions) {
            Self.close(event, &open)
            Self.follow(actions, &open)
        }
        return Set(open)
    }

    private static func follow(_ actions: [Action], _ open: inout [Question]) {
        for action in actions {
            if let question = question(action) { open.append(question) }
            open.removeAll { question in
                switch (action, question) {
                case (.cancelAttempt(let step), .attempt(let other, _)): step == other
                case (.cancelTimer(let timer), .timer(let other, _)): timer == other
                case (.cancelChild(let step), .child(let other)): step == other
                default: false
                }
            }
        }
    }

    private static func close(_ event: Event, _ open: inout [Question]) {
        open.removeAll { question in
            switch (event, question) {
            case (.attemptSucceeded(let step, let number, _, _, _), .attempt(let other, let n)),
                (.attemptFailed(let step, let number, _, _, _), .attempt(let other, let n)):
                step == other && number == n
            case (.timerFired(let timer, _), .timer(let other, _)): timer == other
            case (.childSucceeded(let step, _, _, _), .child(let other)),
                (.childFailed(let step, _, _, _), .child(let other)),
                (.childStarted(let step, _, _), .child(let other)):
                step == other
            default: false
            }
        }
    }

    /// Answers one open question: an attempt or child in any order, or the earliest timer.
    private mutating func answer(_ open: [Question]) -> Event? {
        if random.chance(1) {
            return .cancelRequested(at: Timestamp(milliseconds: clock), by: "simulation")
        }
        let timers = open.filter { if case .timer = $0 { true } else { false } }
            .sorted { Self.due($0) < Self.due($1) }
        let others = open.filter { if case .timer = $0 { false } else { true } }
        if others.isEmpty || random.chance(10), let first = timers.first,
            case .timer(let timer, let at) = first
        {
            clock = max(clock, at.milliseconds)
            return .timerFired(timer, at: Timestamp(milliseconds: clock))
        }
        guard !others.isEmpty else { return nil }
        clock += Int64(random.below(50))
        let now = Timestamp(milliseconds: clock)
        switch others[random.below(others.count)] {
        case .attempt(let step, let number):
            guard random.chance(35) else {
                return .attemptSucceeded(
                    step,
                    attempt: number,
                    startedAt: now,
                    at: now,
                    output: .integer(Int64(random.below(100))),
                )
            }
            return .attemptFailed(
                step,
                attempt: number,
                startedAt: now,
                at: now,
                problem: problem(),
            )
        case .child(let step):
            return random.chance(50)
                ? .childSucceeded(step, at: now, id: "exe_1", output: "child")
                : .childFailed(step, at: now, id: "exe_1", problem: problem())
        case .timer: return nil
        }
    }

    private static func due(_ question: Question) -> Int64 {
        guard case .timer(_, let at) = question else { return 0 }
        return at.milliseconds
    }

    private mutating func problem() -> Problem {
        let types: [ProblemType] = [.service, .notFound, .rateLimit, .timeout, .validation]
        var problem = Problem(types[random.below(types.count)], detail: "simulated")
        if random.chance(20) {
            problem.retry = RetryAdvice(
                kind: .after,
                after: TimeSpan(milliseconds: Int64(random.below(3000))),
            )
        }
        return problem
    }

    // MARK: Random definitions

    private mutating func steps(depth: Int, inLoop: Bool) -> [Step] {
        (0..<(1 + random.below(depth == 0 ? 4 : 3))).map { _ in step(depth: depth, inLoop: inLoop) }
    }

    private mutating func step(depth: Int, inLoop: Bool) -> Step {
        let kind = kind(depth: depth, inLoop: inLoop)
        let retry: RetryPolicy? =
            random.chance(40)
            ? RetryPolicy(
                times: random.below(3),
                delay: TimeSpan(milliseconds: 100),
                deadline: random.chance(30) ? TimeSpan(milliseconds: 400) : nil,
            )
            : nil
        let handler = random.chance(40) ? handler(depth: depth + 1, inLoop: inLoop) : nil
        return build.step(
            kind,
            id: random.chance(60) ? "s\(build.nodes)" : nil,
            when: random.chance(10) ? "$trigger.flag | not" : nil,
            timeout: random.chance(15) ? 300 : nil,
            retry: retry,
            onError: handler,
            then: directive(inLoop: inLoop, percent: 6),
        )
    }

    private mutating func directive(inLoop: Bool, percent: Int) -> ThenDirective? {
        guard random.chance(percent) else { return nil }
        switch random.below(inLoop ? 6 : 4) {
        case 0: return .stop
        case 1: return .fail
        case 2: return .raise(RaiseStep(type: .conflict))
        case 3: return .proceed
        case 4: return .breakLoop
        default: return .nextItem
        }
    }

    private mutating func handler(depth: Int, inLoop: Bool) -> ErrorHandler {
        switch random.below(inLoop ? 5 : 3) {
        case 0: return .proceed
        case 1, 2:
            guard depth < 3 else { return .proceed }
            let only = build.step(
                .set(build.template("${ $error.type }")),
                when: #"$error.type == "service""#,
                then: directive(inLoop: inLoop, percent: 30),
            )
            return .branch(
                random.chance(40) ? [only] : [only] + steps(depth: depth + 1, inLoop: inLoop)
            )
        case 3: return .breakLoop
        default: return .nextItem
        }
    }

    private mutating func kind(depth: Int, inLoop: Bool) -> StepKind {
        let choice = depth < 3 ? random.below(14) : random.below(7)
        switch choice {
        case 0...2:
            return .run(
                connector: "test",
                operation: "op",
                auth: nil,
                input: build.template(["a": 1]),
            )
        case 3:
            return .set(build.template(random.chance(80) ? "${ $trigger.list }" : "${ 1 | keys }"))
        case 4: return .wait(duration: build.template("2s"), until: nil)
        case 5:
            return random.chance(50)
                ? .raise(RaiseStep(type: .raised))
                : .reply(status: build.template(200), headers: nil, body: build.template("hi"))
        case 6:
            return random.chance(80)
                ? .call(workflow: "w", input: build.template(1), waits: true)
                : .stop(fails: random.chance(50), output: nil)
        case 7: return .group(steps(depth: depth + 1, inLoop: inLoop))
        case 8, 9:
            return .forEach(
                items: build.program("$trigger.list"),
                concurrency: 1 + random.below(3),
                steps: steps(depth: depth + 1, inLoop: true),
            )
        case 10, 11:
            return .parallel([
                ParallelBranch(name: "a", steps: steps(depth: depth + 1, inLoop: inLoop)),
                ParallelBranch(name: "b", steps: steps(depth: depth + 1, inLoop: inLoop)),
            ])
        case 12:
            return .branch(
                condition: build.program("$trigger.flag"),
                then: steps(depth: depth + 1, inLoop: inLoop),
                otherwise: [],
            )
        default:
            return .choose(
                subject: build.program("$trigger.flag"),
                cases: [
                    ChooseCase(
                        value: build.template(true),
                        steps: steps(depth: depth + 1, inLoop: inLoop),
                    )
                ],
                otherwise: nil,
            )
        }
    }
}
