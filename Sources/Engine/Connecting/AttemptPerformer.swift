import Breakers
import ConnectorKit
import Definitions
import Kernel
import Model

/// Runs one attempt of a connector operation and tells how it went, as an event, or why it was held.
struct AttemptPerformer: Sendable {
    let engine: Engine

    /// What bounds the attempt: the step's word, else the operation's default.
    func timeout(of request: AttemptRequest) -> TimeSpan {
        if let timeout = request.timeout { return timeout }
        let operation = engine.operation(request.connector, request.operation)
        return operation?.spec.timeout ?? TimeSpan(milliseconds: 30_000)
    }

    func version(of connector: String, _ operation: String) -> String? {
        engine.operation(connector, operation)?.connector.spec.version
    }

    /// How an attempt ended, or that it did not begin.
    enum End: Sendable {
        case event(Event)
        case held(Hold)
    }

    func run(
        _ request: AttemptRequest,
        runner: Runner,
        pass: AttemptPass,
        known: [String: Parking],
        correlationID: String?,
        trigger: JSONValue,
        config: JSONValue,
    ) async -> End {
        let startedAt = engine.clock.now()
        let result: Result<JSONValue, Problem>
        do throws(Problem) {
            let operation = try operation(of: request)
            let source = try await source(of: request.auth, runner.setting)
            let place = place(of: request, operation, source, runner.setting)
            if let place,
                let hold = try await engine.connectionKeeper.admit(
                    place,
                    pass,
                    seeker(runner, request, known),
                )
            {
                return .held(hold)
            }
            result = .success(
                try await attempt(
                    request,
                    operation,
                    source,
                    runner: runner,
                    correlationID: correlationID,
                    trigger: trigger,
                    config: config,
                )
            )
            engine.connectionKeeper.settle(pass, nil)
        } catch {
            let keeper = engine.connectionKeeper
            let parking = keeper.parking(of: pass, error, seeker(runner, request, known), request)
            keeper.settle(pass, runner.known.redact(error))
            if let parking { return .held(.parked(parking)) }
            result = .failure(error)
        }
        return .event(event(of: request, result, startedAt, runner))
    }

    private func event(
        of request: AttemptRequest,
        _ result: Result<JSONValue, Problem>,
        _ startedAt: Timestamp,
        _ runner: Runner,
    ) -> Event {
        let at = engine.clock.now()
        switch result {
        case .success(let output):
            return .attemptSucceeded(
                request.step,
                attempt: request.attempt,
                startedAt: startedAt,
                at: at,
                output: runner.known.cleaned(output),
            )
        case .failure(var problem):
            problem.connector = problem.connector ?? request.connector
            problem.operation = problem.operation ?? request.operation
            problem.connectorVersion =
                problem.connectorVersion ?? version(of: request.connector, request.operation)
            problem.occurredAt = problem.occurredAt ?? at
            return .attemptFailed(
                request.step,
                attempt: request.attempt,
                startedAt: startedAt,
                at: at,
                problem: runner.known.redact(problem),
            )
        }
    }

    private func operation(of request: AttemptRequest) throws(Problem) -> ReadyOperation {
        guard let operation = engine.operation(request.connector, request.operation) else {
            throw Problem(
                .configuration,
                detail: "there is no operation \(request.connector).\(request.operation)",
                code: "B2105",
            )
        }
        try check(request.input, against: operation)
        return operation
    }

    private func attempt(
        _ request: AttemptRequest,
        _ operation: ReadyOperation,
        _ source: CredentialSource,
        runner: Runner,
        correlationID: String?,
        trigger: JSONValue,
        config: JSONValue,
    ) async throws(Problem) -> JSONValue {
        let facts = ExecutionFacts(
            id: runner.id,
            workflow: runner.workflow.definition.name,
            solution: runner.workflow.definition.solution,
            instance: runner.instance,
            correlationID: correlationID,
            traceparent: TraceContext.traceparent(
                execution: runner.id,
                occurrence: request.occurrence,
                trigger: trigger,
            ),
        )
        let used = try await open(source)
        let call = OperationCall(
            operation: request.operation,
            input: request.input,
            authentication: used?.authentication,
            config: config,
            idempotencyKey: "\(runner.keysOf):\(request.occurrence)",
            attempt: request.attempt,
            timeout: timeout(of: request),
            execution: facts,
            services: ExecutionServices(
                engine: engine,
                facts: facts,
                version: runner.version,
                known: runner.known,
                alert: runner.alert,
                depth: runner.depth,
            ),
        )
        let output = try await run(operation, call, with: used, runner.known)
        let limit = engine.deployment.project.account.limits.stepOutput
        let size = JSONWriter.encodedSize(output)
        guard size <= limit else {
            var problem = Problem(
                .tooLarge,
                detail: "the output has \(size) bytes, the limit is \(limit)",
                code: "B2106",
            )
            problem.origin = .platform
            throw problem
        }
        return output
    }

    /// A token that the service refuses is renewed once; what was refused was not carried out.
    private func run(
        _ operation: ReadyOperation,
        _ call: OperationCall,
        with used: UsedCredential?,
        _ known: KnownSecrets,
    ) async throws(Problem) -> JSONValue {
        do throws(Problem) {
            return try await run(operation, call, known)
        } catch {
            guard error.type == .authentication, let used,
                let renewed = try await engine.renewed(used)
            else { throw error }
            var call = call
            call.authentication = renewed.authentication
            return try await run(operation, call, known)
        }
    }

    /// What comes back never holds the credential that goes in.
    private func run(
        _ operation: ReadyOperation,
        _ call: OperationCall,
        _ known: KnownSecrets,
    ) async throws(Problem) -> JSONValue {
        if let authentication = call.authentication {
            known.keep(authentication.secretSet)
            engine.logDoor.add(authentication.secretSet)
        }
        return try await operation.connector.run(call)
    }

    private func check(_ input: JSONValue, against operation: ReadyOperation) throws(Problem) {
        let violations = operation.parameters.validate(input)
        guard violations.isEmpty else {
            var problem = Problem(
                .validation,
                detail: "the step's input does not match the operation: "
                    + violations.prefix(3).map(\.message).joined(separator: "; "),
                code: "B2107",
            )
            problem.data = .array(violations.prefix(20).map(\.json))
            throw problem
        }
    }
}
