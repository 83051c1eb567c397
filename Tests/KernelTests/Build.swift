import Definitions
import Expressions
import Kernel
import Model

/// Makes definitions for tests: every step gets the next node number, in document order.
struct Build {
    var nodes = 0

    mutating func step(
        _ kind: StepKind,
        id: String? = nil,
        when condition: String? = nil,
        timeout: Int64? = nil,
        retry: RetryPolicy? = nil,
        onError: ErrorHandler? = nil,
        then: ThenDirective? = nil,
    ) -> Step {
        defer { nodes += 1 }
        return Step(
            node: nodes,
            id: id,
            path: "n\(nodes)",
            condition: condition.map(program),
            timeout: timeout.map(TimeSpan.init(milliseconds:)),
            retry: retry,
            onError: onError,
            then: then,
            kind: kind,
        )
    }

    func program(_ source: String) -> Program {
        do throws(ExpressionError) {
            return try Program(source)
        } catch {
            preconditionFailure("\(source): \(error)")
        }
    }

    func template(_ value: JSONValue) -> Template {
        do throws(ExpressionError) {
            return try Template.compile(value)
        } catch {
            preconditionFailure("\(value): \(error)")
        }
    }

    mutating func run(
        _ id: String? = nil,
        input: JSONValue = nil,
        when condition: String? = nil,
        timeout: Int64? = nil,
        retry: RetryPolicy? = RetryPolicy.none,
        onError: ErrorHandler? = nil,
        then: ThenDirective? = nil,
    ) -> Step {
        step(
            .run(
                connector: "test",
                operation: id ?? "op",
                auth: nil,
                input: template(input),
            ),
            id: id,
            when: condition,
            timeout: timeout,
            retry: retry,
            onError: onError,
            then: then,
        )
    }

    mutating func set(
        _ id: String? = nil,
        _ value: JSONValue,
        when condition: String? = nil,
        onError: ErrorHandler? = nil,
        then: ThenDirective? = nil,
    ) -> Step {
        step(
            .set(template(value)),
            id: id,
            when: condition,
            onError: onError,
            then: then,
        )
    }

    func workflow(
        _ steps: [Step],
        onError: ErrorHandler? = nil,
        timeout: Int64? = nil,
    ) -> WorkflowDefinition {
        WorkflowDefinition(
            name: "test",
            trigger: .manual(input: nil),
            steps: steps,
            onError: onError,
            timeout: timeout.map(TimeSpan.init(milliseconds:)),
            nodeCount: nodes,
        )
    }
}

/// Drives a machine by hand.
struct Drive {
    var machine: Machine
    var clock: Int64 = 0
    var events: [Event] = []

    static let id = ExecutionID(milliseconds: ExecutionID.epoch + 1000, worker: 1, sequence: 1)

    init(_ definition: WorkflowDefinition, trigger: JSONValue = nil) {
        machine = Machine(
            definition: definition,
            context: ExecutionContext(id: Self.id, trigger: trigger),
        )
    }

    var now: Timestamp { Timestamp(milliseconds: clock) }

    mutating func apply(_ event: Event) -> [Action] {
        events.append(event)
        return machine.apply(event)
    }

    mutating func start() -> [Action] { apply(.started(at: now)) }

    mutating func succeed(_ request: AttemptRequest, _ output: JSONValue = nil) -> [Action] {
        apply(
            .attemptSucceeded(
                request.step,
                attempt: request.attempt,
                startedAt: now,
                at: now,
                output: output,
            )
        )
    }

    mutating func fail(_ request: AttemptRequest, _ problem: Problem) -> [Action] {
        apply(
            .attemptFailed(
                request.step,
                attempt: request.attempt,
                startedAt: now,
                at: now,
                problem: problem,
            )
        )
    }

    mutating func fire(_ timer: TimerReference, at time: Timestamp) -> [Action] {
        clock = max(clock, time.milliseconds)
        return apply(.timerFired(timer, at: time))
    }
}

extension [Action] {
    var attempts: [AttemptRequest] {
        compactMap {
            guard case .runAttempt(let request) = $0 else { return nil }
            return request
        }
    }

    var operations: [String] { attempts.map(\.operation) }

    func timer(_ purpose: TimerPurpose) -> (TimerReference, Timestamp)? {
        for case .setTimer(let timer, let at) in self where timer.purpose == purpose {
            return (timer, at)
        }
        return nil
    }

    var outcome: Outcome? {
        guard case .finish(let outcome)? = last else { return nil }
        return outcome
    }
}

extension Problem {
    static var transient: Problem { Problem(.service, detail: "it broke") }
    static var terminal: Problem { Problem(.notFound, detail: "not there") }
}
