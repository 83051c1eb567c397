import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

/// The trigger behind an address that a service sends to.
struct Listener: Sendable {
    let engine: Engine
    let record: Record
    let state: TriggerState

    /// Nil when there is no such address, whatever it lacks.
    init?(_ id: String, _ token: String, _ engine: Engine) async throws(Problem) {
        let isName = !id.isEmpty && id.utf8.count <= RecordLimits.idBytesMax
        let found: (document: TriggerState, record: Record)? =
            isName ? try await engine.directory.find(.trigger, id, .account) : nil
        // Compared in any case, so that time does not tell whether there is one.
        let generation = found?.document.generation ?? 0
        let isRight = engine.isEventsCapability(token, of: id, generation: generation)
        guard let found, isRight, found.document.subscription != nil else { return nil }
        self.engine = engine
        record = found.record
        state = found.document
    }

    /// Nil when it is not to start anything any more.
    func live() async throws(Problem) -> Live? {
        let found: (document: Instance, record: Record)? = try await engine.directory.find(
            .instance,
            state.instance.description,
            .account,
        )
        guard let found, found.document.state == .enabled,
            let workflow = try await engine.directory.workflow(
                state.workflow,
                of: found.document,
            ),
            case .service(let trigger) = workflow.definition.trigger,
            let (connector, spec) = engine.pusher(of: trigger)
        else { return nil }
        let (call, _) = try await engine.call(
            ServiceTrigger(
                connector: trigger.connector,
                trigger: trigger.trigger,
                input: trigger.input,
            ),
            of: found.document,
            workflow: workflow,
            key: "",
        )
        return Live(
            record: record,
            state: state,
            instance: found.document,
            instanceRecord: found.record,
            trigger: trigger,
            connector: connector,
            spec: spec,
            input: call.input,
            config: call.config,
            secret: try secret(spec.verification),
        )
    }

    private func secret(_ verification: PushVerification) throws(Problem) -> String? {
        if case .address = verification.scheme { return nil }
        do throws(Problem) {
            switch verification.secret {
            case .subscription: return try engine.secret(of: state, record.id)
            case .environment(let name): return try engine.secrets.secret(.environment(name))
            case .file(let path): return try engine.secrets.secret(.file(path))
            }
        } catch {
            engine.logger.error("a trigger cannot verify: \(error.detail ?? error.title)")
            return nil
        }
    }

    /// One that listens.
    struct Live: Sendable {
        let record: Record
        let state: TriggerState
        let instance: Instance
        let instanceRecord: Record
        let trigger: ServiceTrigger
        let connector: any PushingConnector
        let spec: PushTriggerSpec
        let input: JSONValue
        let config: JSONValue
        let secret: String?

        func verify(_ request: WebhookRequest, _ query: JSONObject) throws(RequestFault) {
            let verification = WebhookVerification(spec.verification)
            if case .none = verification { return }
            // With an empty key anybody can sign.
            guard let secret, !secret.isEmpty else { throw .secretUnavailable }
            try WebhookVerifier(verification: verification).verify(
                request,
                query: query,
                secret: secret,
            )
        }

        /// What a connector sees of the request; the address is not in it.
        func value(
            of request: WebhookRequest,
            _ query: JSONObject,
        ) throws(RequestFault) -> JSONValue {
            let body = try WebhookBody.parse(
                request.body,
                contentType: request.header("content-type"),
            )
            let value = TriggerValue.webhook(
                request,
                query: query,
                body: body,
                hiding: HiddenFields(WebhookVerification(spec.verification)),
            )
            guard case .object(var object) = value else { return value }
            object["path"] = nil
            return .object(object)
        }

        func delivery(_ value: JSONValue) -> PushDelivery {
            PushDelivery(request: value, input: input, config: config)
        }
    }
}

extension WebhookVerification {
    /// The secret is given to the verifier; the reference is not looked at.
    init(_ verification: PushVerification) {
        let secret = SecretReference.subscription
        switch verification.scheme {
        case .address: self = .none
        case .hmacSHA256(
            let header,
            let prefix,
            let isBase64,
            let text,
            let timestamp,
            let tolerance,
        ):
            self = .hmacSHA256(
                HMACVerification(
                    secret: secret,
                    header: header,
                    prefix: prefix,
                    encoding: isBase64 ? .base64 : .hex,
                    timestampHeader: timestamp,
                    signedText: text,
                    tolerance: tolerance,
                )
            )
        case .standardWebhooks(let tolerance):
            self = .standardWebhooks(secret: secret, tolerance: tolerance)
        case .token(let header, let query):
            self = .sharedToken(secret: secret, header: header, query: query)
        }
    }
}
