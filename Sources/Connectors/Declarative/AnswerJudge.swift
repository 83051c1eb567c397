import ConnectorKit
import Definitions
import Expressions
import Model

/// Decides whether the answer to a declared operation is a failure, and which.
///
/// It is one when an `errors` rule holds, when the status is not 2xx, or when `fails_when` holds;
/// the rules of the operation come before those of the connector, and the operation's `fails_when`
/// replaces the connector's. A rule whose `when` cannot be evaluated does not hold, so that a
/// mistake in it never hides what the service said.
struct AnswerJudge: Sendable {
    let connector: ConnectorDefinition
    let operation: OperationDefinition

    /// - Returns: The `$response` value of an answer that is a success.
    func judge(
        _ response: HTTPResponse,
        _ request: HTTPRequest,
        _ environment: Environment,
    ) throws(Problem) -> JSONValue {
        let isAccepted = (200...299).contains(response.status)
        let value = ResponseReader.object(response, body: body(response))
        var environment = environment
        environment[.response] = value
        if let rule = rule(environment) {
            throw problem(rule, response, request, environment)
        }
        guard isAccepted else {
            throw StatusProblem.make(response, request: request, now: environment.now)
        }
        // Strictly now: what claims to be JSON has to be.
        do throws(TransportError) {
            _ = try ResponseReader.body(response, as: .auto)
        } catch {
            var problem = Problem(error.failure, detail: "\(request.summary): \(error.detail)")
            problem.response = ResponseExcerpt.make(response)
            throw problem
        }
        if try isFailure(environment) { throw failed(response, request) }
        return value
    }

    private func isFailure(_ environment: Environment) throws(Problem) -> Bool {
        guard let program = operation.failsWhen ?? connector.failsWhen else { return false }
        do throws(EvaluationError) {
            return try program.holds(environment)
        } catch {
            throw Problem(error, in: "fails_when")
        }
    }

    private func failed(_ response: HTTPResponse, _ request: HTTPRequest) -> Problem {
        var problem = Problem(
            .request,
            detail: "\(request.method) \(response.url.summary) answered \(response.status) with an"
                + " error inside",
            code: "B2431",
        )
        problem.response = ResponseExcerpt.make(response)
        return problem
    }

    /// What rules see of any answer, be it ever so broken.
    private func body(_ response: HTTPResponse) -> JSONValue {
        do throws(TransportError) {
            return try ResponseReader.body(response, as: .auto)
        } catch {
            return .string(String(decoding: response.body.prefix(65_536), as: UTF8.self))
        }
    }

    private func rule(_ environment: Environment) -> ErrorRule? {
        (operation.errors + connector.errors).first { rule in
            do throws(EvaluationError) {
                return try rule.when.holds(environment)
            } catch {
                return false
            }
        }
    }

    private func problem(
        _ rule: ErrorRule,
        _ response: HTTPResponse,
        _ request: HTTPRequest,
        _ environment: Environment,
    ) -> Problem {
        var problem = Problem(
            rule.type,
            detail: "\(request.method) \(response.url.summary) answered"
                + " \(response.status)",
            code: "B2434",
        )
        problem.response = ResponseExcerpt.make(response)
        if let title = text(rule.title, environment) { problem.title = title }
        if let detail = text(rule.detail, environment) { problem.detail = detail }
        if let client = text(rule.client, environment) { problem.audience.client = client }
        if let actor = rule.actor { problem.actor = actor }
        if let action = rule.action { problem.action = action }
        if let kind = rule.retry { problem.retry = RetryAdvice(kind: kind) }
        if problem.isRetryable,
            let after = StatusProblem.retryAfter(response, now: environment.now)
        {
            problem.retry = RetryAdvice(kind: .after, after: after)
        }
        return problem
    }

    /// At most 2,000 characters; nil when the template gives no text.
    private func text(_ template: Template?, _ environment: Environment) -> String? {
        guard let template else { return nil }
        do throws(EvaluationError) {
            let value = try template.evaluate(environment)
            return value.isNull ? nil : String(QueryPairs.text(value).prefix(2000))
        } catch {
            return nil
        }
    }
}
