import Definitions
import Model
import Synchronization

/// One workflow's webhook, with what every request to it shares.
package final class WebhookEndpoint: Sendable {
    let workflow: DeployedWorkflow
    let trigger: WebhookTrigger
    let hidden: HiddenFields
    private let verifier: WebhookVerifier?
    private let secret = Mutex<(value: String, until: Timestamp)?>(nil)

    /// How long a secret is remembered: a new one in the file or environment counts after it.
    static let secretAge = TimeSpan(milliseconds: 10_000)

    /// Nil unless the workflow has a webhook.
    package init?(_ workflow: DeployedWorkflow) {
        guard case .webhook(let trigger) = workflow.definition.trigger else { return nil }
        self.workflow = workflow
        self.trigger = trigger
        hidden = HiddenFields(trigger.verify)
        verifier = trigger.verify.map(WebhookVerifier.init)
    }

    func verify(
        _ request: WebhookRequest,
        query: JSONObject,
        secrets: any SecretSource,
    ) throws(RequestFault) {
        guard let verifier, let reference = verifier.secret else { return }
        let known = secret.withLock { $0 }
        let value: String
        if let known, request.receivedAt < known.until {
            value = known.value
        } else {
            do throws(Problem) { value = try secrets.secret(reference) } catch {
                throw .secretUnavailable
            }
            // With an empty key anybody can sign.
            guard !value.isEmpty else { throw .secretUnavailable }
            let until = request.receivedAt + Self.secretAge
            secret.withLock { $0 = (value, until) }
        }
        try verifier.verify(request, query: query, secret: value)
    }

    /// The whole way from a request to what starts an execution.
    ///
    /// - Parameter config: `$config` instead of the workflow's own.
    package func start(
        from request: WebhookRequest,
        config: JSONValue? = nil,
        secrets: any SecretSource,
    )
        throws(RequestFault) -> StartRequest
    {
        let query =
            request.query.isEmpty ? JSONObject() : try FormData.parse(Array(request.query.utf8))
        try verify(request, query: query, secrets: secrets)
        let body = try WebhookBody.parse(
            request.body,
            contentType: request.header("content-type"),
        )
        try check(body)
        let value = TriggerValue.webhook(request, query: query, body: body, hiding: hidden)
        let identity = try WebhookIdentity(
            request,
            trigger: value,
            config: config ?? workflow.config,
            definition: trigger,
        )
        return StartRequest(
            workflow: workflow,
            trigger: value,
            correlationID: identity.correlationID,
            idempotencyKey: identity.key,
            fingerprint: identity.fingerprint,
        )
    }

    /// Holds the body against `input:`.
    func check(_ body: JSONValue) throws(RequestFault) {
        guard let schema = trigger.input else { return }
        let violations = schema.validate(body)
        guard violations.isEmpty else {
            throw .invalidInput(violations.prefix(WebhookLimits.violations).map(\.json))
        }
    }
}
