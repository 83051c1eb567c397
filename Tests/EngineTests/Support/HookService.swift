import ConnectorKit
import Crypto
import Engine
import Model
import Synchronization

/// A service with hooks: it signs with the secret that it was told, and counts what it is asked.
final class HookService: PushingConnector {
    struct Hook: Sendable, Hashable {
        var id: String
        var target: PushTarget
        var expiresAt: Timestamp?
    }

    private struct State {
        var hooks: [Hook] = []
        var made = 0
        var renewed = 0
        var deleted = 0
        var failure: Problem?
        var lifetime: TimeSpan?
    }

    private let state = Mutex(State())
    private let renews: Bool
    /// Called after a hook is made and before that is answered.
    private let afterMaking: @Sendable (Hook) -> Void

    init(renews: Bool = false, afterMaking: @escaping @Sendable (Hook) -> Void = { _ in }) {
        self.renews = renews
        self.afterMaking = afterMaking
    }

    var spec: ConnectorSpec {
        ConnectorSpec(
            name: "hub",
            title: "Hub",
            operations: [
                OperationSpec(
                    name: "look",
                    summary: "Looks.",
                    parameters: ["type": "object"],
                    sideEffect: .read,
                    idempotency: .natural,
                    problems: [.service],
                )
            ],
        )
    }

    var pushTriggers: [PushTriggerSpec] {
        [
            PushTriggerSpec(
                name: "event",
                verification: PushVerification(
                    secret: .subscription,
                    scheme: .hmacSHA256(
                        header: "X-Signature",
                        prefix: "v0=",
                        isBase64: false,
                        signedText: "v0:{timestamp}:{body}",
                        timestampHeader: "X-Timestamp",
                        tolerance: TimeSpan(milliseconds: 300_000),
                    ),
                ),
                renews: renews,
                handshake: .verified,
            )
        ]
    }

    var hooks: [Hook] { state.withLock { $0.hooks } }
    var made: Int { state.withLock { $0.made } }
    var renewed: Int { state.withLock { $0.renewed } }
    var deleted: Int { state.withLock { $0.deleted } }
    func fail(with problem: Problem?) { state.withLock { $0.failure = problem } }
    func live(for span: TimeSpan?) { state.withLock { $0.lifetime = span } }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue { .null }

    func subscribe(
        _ trigger: String,
        to target: PushTarget,
        known: PushSubscription?,
        call: OperationCall,
    ) async throws(Problem) -> PushSubscription {
        if let problem = state.withLock({ $0.failure }) { throw problem }
        let now = call.services.now()
        let (hook, isNew) = state.withLock { state -> (Hook, Bool) in
            let end = state.lifetime.map { now + $0 }
            if let index = state.hooks.firstIndex(where: { $0.target.url == target.url }) {
                if known != nil { state.renewed += 1 }
                state.hooks[index].expiresAt = end
                return (state.hooks[index], false)
            }
            state.made += 1
            let hook = Hook(id: "hook-\(state.made)", target: target, expiresAt: end)
            state.hooks.append(hook)
            return (hook, true)
        }
        if isNew { afterMaking(hook) }
        return PushSubscription(id: hook.id, expiresAt: hook.expiresAt)
    }

    func unsubscribe(
        _ trigger: String,
        _ subscription: PushSubscription,
        of target: PushTarget,
        call: OperationCall,
    ) async throws(Problem) {
        if let problem = state.withLock({ $0.failure }) { throw problem }
        state.withLock { state in
            state.hooks.removeAll { $0.id == subscription.id }
            state.deleted += 1
        }
    }

    func handshake(_ trigger: String, _ delivery: PushDelivery) throws(Problem) -> PushAnswer? {
        (delivery.request["body"]?["challenge"]).map { PushAnswer(body: $0) }
    }

    func events(
        _ trigger: String,
        in delivery: PushDelivery,
    ) throws(Problem) -> [ServiceEvent] {
        guard let items = delivery.request["body"]?["events"]?.arrayValue else {
            throw Problem(.service, detail: "no events", code: "B2877")
        }
        return items.map { ServiceEvent(key: $0["id"]?.stringValue ?? "", value: $0) }
    }
}

extension HookService.Hook {
    /// What the service sends, signed at this time with this secret.
    func request(
        _ body: JSONValue,
        at now: Timestamp,
        secret: String? = nil,
        path: String? = nil,
    ) -> WebhookRequest {
        let bytes = JSONWriter.bytes(body)
        let time = "\(now.milliseconds / 1000)"
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(time):".utf8) + bytes,
            using: SymmetricKey(data: Array((secret ?? target.secret).utf8)),
        )
        let digest = code.map { byte in
            let text = String(byte, radix: 16)
            return byte < 16 ? "0" + text : text
        }
        return WebhookRequest(
            method: "POST",
            path: path ?? target.url,
            headers: [
                HeaderField("content-type", "application/json"),
                HeaderField("x-timestamp", time),
                HeaderField("x-signature", "v0=" + digest.joined()),
            ],
            body: bytes,
            receivedAt: now,
        )
    }

    /// The trigger and the token of its address.
    var address: (trigger: String, token: String) {
        let parts = target.url.split(separator: "/").map(String.init)
        return (parts[parts.count - 2], parts[parts.count - 1])
    }
}
