import ConnectorKit
import Definitions
import Kernel
import Model

/// Runs one attempt of a connector operation and tells how it went, as an event.
struct AttemptPerformer: Sendable {
    let engine: Engine

    /// What bounds the attempt: the step's word, else the operation's default.
    func timeout(of request: AttemptRequest) -> TimeSpan {
        if let timeout = request.timeout { return timeout }
        let operation = engine.operation(request.connector, request.operation)
        return operation?.spec.timeout ?? TimeSpan(milliseconds: 30_000)
    }

    func run(
        _ request: AttemptRequest,
        runner: Runner,
        correlationID: String?,
        trigger: JSONValue,
        config: JSONValue,
    ) async -> Event {
        let startedAt = engine.clock.now()
        let result: Result<JSONValue, Problem>
        do throws(Problem) {
            result = .success(
                try await attempt(
                    request,
                    runner: runner,
                    correlationID: correlationID,
                    trigger: trigger,
                    config: config,
                )
            )
        } catch {
            result = .failure(error)
        }
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

    private func attempt(
        _ request: AttemptRequest,
        runner: Runner,
        correlationID: String?,
        trigger: JSONValue,
        config: JSONValue,
    ) async throws(Problem) -> JSONValue {
        guard let operation = engine.operation(request.connector, request.operation) else {
            throw Problem(
                .configuration,
                detail: "there is no operation \(request.connector).\(request.operation)",
                code: "B2105",
            )
        }
        try check(request.input, against: operation)
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
        let used = try await credential(request.auth, runner.setting)
        let call = OperationCall(
            operation: request.operation,
            input: request.input,
            authentication: used?.authentication,
            config: config,
            idempotencyKey: "\(runner.id):\(request.occurrence)",
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

    /// The instance's own; the account's for its own executions and where the solution asks for a
    /// shared one. What an end user has to connect never falls back to the partner's.
    func authentication(
        _ slot: String?,
        _ setting: InstanceSetting?,
    ) async throws(Problem) -> Authentication? {
        try await credential(slot, setting)?.authentication
    }

    private func credential(
        _ slot: String?,
        _ setting: InstanceSetting?,
    ) async throws(Problem) -> UsedCredential? {
        guard let slot else { return nil }
        if let instance = setting?.instance {
            if let own = try await engine.directory.credential(in: slot, of: instance) {
                return own
            }
            guard try await engine.directory.isShared(slot, instance) else {
                throw Self.unfilled(slot)
            }
        }
        return UsedCredential(authentication: try accountAuthentication(slot), renewable: nil)
    }

    private static func unfilled(_ slot: String) -> Problem {
        Problem(
            .configuration,
            detail: "the authentication slot \(slot) is not filled",
            code: "B2108",
        )
    }

    private func accountAuthentication(_ slot: String) throws(Problem) -> Authentication {
        let known = engine.deployment.project.account.authentications
        guard let definition = known[slot] else { throw Self.unfilled(slot) }
        let secrets = engine.secrets
        let credential: Authentication.Credential
        switch definition {
        case .bearer(let token):
            credential = .bearer(token: try secrets.secret(token))
        case .basic(let user, let password):
            credential = .basic(user: user, password: try secrets.secret(password))
        case .apiKey(let key, let header, let query):
            credential = .apiKey(key: try secrets.secret(key), header: header, query: query)
        case .headers(let references):
            var headers: [String: String] = [:]
            for (name, reference) in references {
                headers[name] = try secrets.secret(reference)
            }
            credential = .headers(headers)
        }
        return Authentication(name: slot, credential: credential)
    }
}
