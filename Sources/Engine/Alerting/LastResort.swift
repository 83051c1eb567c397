import ConnectorKit
import Crypto
import Definitions
import Model

/// The channel of last resort: a webhook apart from every workflow, connector file and
/// authentication, signed as Standard Webhooks 1.0 wants it.
struct LastResort: Sendable {
    let engine: Engine
    let definition: LastResortDefinition

    private static let timeout = TimeSpan(milliseconds: 15_000)

    /// Posts `{"type", "timestamp", "data"}`.
    ///
    /// - Parameter id: the `webhook-id`: the same for the same event, however often it is sent.
    /// - Throws: what the transport threw; every answer but 2xx is a problem.
    func send(_ type: String, id: String, _ data: JSONValue) async throws(Problem) {
        guard let operation = engine.operation("http", "request") else {
            throw Problem(.configuration, detail: "there is no connector http", code: "B3061")
        }
        let now = engine.clock.now()
        let body = JSONWriter.string([
            "type": .string(type), "timestamp": .string(now.description), "data": data,
        ])
        let seconds = "\(now.milliseconds / 1_000)"
        let signature = try signature("\(id).\(seconds).\(body)")
        let input: JSONValue = [
            "method": "POST", "url": .string(definition.webhook),
            "headers": [
                "content-type": "application/json", "webhook-id": .string(id),
                "webhook-timestamp": .string(seconds), "webhook-signature": .string(signature),
            ],
            "body": .string(body),
        ]
        let facts = ExecutionFacts(
            id: ExecutionID(rawValue: 0),
            workflow: "last-resort",
            solution: nil,
            instance: "",
        )
        _ = try await operation.connector.run(
            OperationCall(
                operation: "request",
                input: input,
                idempotencyKey: id,
                timeout: Self.timeout,
                execution: facts,
                services: ExecutionServices(
                    engine: engine,
                    facts: facts,
                    known: engine.accountSecrets,
                ),
            )
        )
    }

    /// The secret is `whsec_` and base 64, or any text.
    private func signature(_ text: String) throws(Problem) -> String {
        let secret = try engine.secrets.secret(definition.secret)
        let prefix = "whsec_"
        let key =
            secret.hasPrefix(prefix)
            ? Base64.decoded(String(secret.dropFirst(prefix.count))) ?? Array(secret.utf8)
            : Array(secret.utf8)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: key),
        )
        return "v1,\(Base64.encoded(Array(code)))"
    }
}

extension Engine {
    var lastResort: LastResort? {
        deployment.project.account.lastResort.map { LastResort(engine: self, definition: $0) }
    }

    /// Tells the last resort that alerts work, as often as the account wants it. A beat is sent
    /// only when the rounds of the error plane go on.
    func beat() async {
        while !Task.isCancelled {
            let every = deployment.project.account.lastResort?.heartbeat
            let now = clock.now()
            let span = every ?? TimeSpan(milliseconds: 60_000)
            do { try await clock.sleep(until: now + span) } catch { return }
            guard every != nil, let channel = lastResort, isReady else { continue }
            let round = state.withLock { $0.alertingRound }
            guard let round, clock.now() - round < span + TimeSpan(milliseconds: 60_000) else {
                logger.critical("the error plane stands still; its sign of life is not sent")
                continue
            }
            do throws(Problem) {
                try await channel.send(
                    "heartbeat",
                    id: "beat_\(now.milliseconds)",
                    ["last_round": .string(round.description)],
                )
            } catch {
                logger.critical("the last resort does not answer: \(error.detail ?? error.title)")
            }
        }
    }
}
