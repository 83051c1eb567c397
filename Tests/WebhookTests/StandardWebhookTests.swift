import Engine
import Model
import Testing

/// Standard Webhooks 1.0, with the example of its specification.
@Suite(.timeLimit(.minutes(2))) struct StandardWebhookTests {
    static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    static let payload = #"{"test": 2432232314}"#
    static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    static let verify = "{ standard_webhooks: { secret: { env: KEY } } }"

    static func key(_ secret: String) throws -> [UInt8] {
        try #require(Base64.decoded(String(secret.dropFirst(6))))
    }

    static func sign(_ body: String, id: String, time: String) throws -> String {
        let text = "\(id).\(time).\(body)"
        return "v1," + Base64.encoded(SignatureTests.digest(text, key: try key(secret)))
    }

    /// 2021-02-25T15:02:10Z
    static let time = "1614265330"

    static func headers(
        _ signature: String,
        id: String = id,
        time: String = time,
    ) -> [(String, String)] {
        [("webhook-id", id), ("webhook-timestamp", time), ("webhook-signature", signature)]
    }

    /// Signed with the key of the example.
    static let kind: SignatureTests.Kind = {
        // HMAC-SHA256 of `msg_p5jXN8AQM9LWM0D4loKWxJek.1790000000.{"order_id":"A-17"}`.
        let sum = SignatureTests.digest(
            "\(id).\(SignatureTests.now).\(SignatureTests.body)",
            key: Base64.decoded(String(secret.dropFirst(6))) ?? [],
        )
        let genuine = "v1,\(Base64.encoded(sum))"
        typealias Kind = SignatureTests.Kind
        func set(_ value: String) -> @Sendable (inout WebhookRequest) -> Void {
            SignatureTests.set("webhook-signature", value)
        }
        let elsewhere = [
            "an empty signature", "a signature with a space in it", "a signature twice",
        ]
        let common = SignatureTests.changes(ofSignature: "webhook-signature", genuine)
            .filter { !elsewhere.contains($0.name) }
        return Kind(
            name: "Standard Webhooks",
            verify: verify,
            secret: secret,
            headers: headers(genuine, time: SignatureTests.now),
            proof: Base64.encoded(sum),
            changes: common
                + SignatureTests.changes(ofTimestamp: "webhook-timestamp") + [
                    .init("an empty signature", "B3006", set("")),
                    .init(
                        "an empty timestamp",
                        "B3006",
                        SignatureTests.set("webhook-timestamp", ""),
                    ),
                    .init("an empty id", "B3006", SignatureTests.set("webhook-id", "")),
                    .init("another id", "B3007", SignatureTests.set("webhook-id", "msg_2")),
                    .init("no id", "B3006", SignatureTests.drop("webhook-id")),
                    .init("an id twice", "B3007", SignatureTests.double("webhook-id")),
                    .init("no version", "B3007", set(Base64.encoded(sum))),
                    .init("another version", "B3007", set("v1a,\(Base64.encoded(sum))")),
                    .init("version 2", "B3007", set("v2,\(Base64.encoded(sum))")),
                    .init("an upper-case version", "B3007", set("V1,\(Base64.encoded(sum))")),
                    .init("hex", "B3007", set("v1,\(SignatureTests.hex(sum))")),
                    .init("only a version", "B3007", set("v1,")),
                    .init("two that are wrong", "B3007", set("v1,AAAA v1,AAAA")),
                ],
        )
    }()

    /// A request that arrives as soon as it was signed.
    private static func request(
        _ webhook: RunningWebhook,
        _ signature: String,
        id: String = id,
        time: String = time,
    ) throws -> WebhookRequest {
        var request = webhook.request(payload, headers(signature, id: id, time: time))
        request.receivedAt = Timestamp(milliseconds: try #require(Int64(time)) * 1000)
        return request
    }

    private static func run(
        _ body: @escaping @Sendable (RunningWebhook) async throws -> Void
    ) async throws {
        try await RunningWebhook.run(
            SignatureTests.workflow(verify),
            secrets: ["KEY": secret],
            body,
        )
    }

    @Test("the example of the specification is genuine")
    func example() async throws {
        try await Self.run { webhook in
            let answer = await webhook.ask(try Self.request(webhook, Self.signature))
            #expect(answer.status == 200)
            #expect(answer.json["body"]?["test"]?.integerValue == 2_432_232_314)
        }
    }

    @Test("one genuine signature among several is enough")
    func several() async throws {
        let others = "v1,bm9ldHUjKzFob2VudXRob2VodWUzMjRvdWVvdW9ldQo= v2,MzJsNDk4MzI0K2VvdSMjMTEj"
        try await Self.run { webhook in
            for signature in [
                "\(Self.signature) \(others)", "\(others) \(Self.signature)",
                "v1a,AAAA \(Self.signature)", "\(Self.signature)  ",
            ] {
                let answer = await webhook.ask(try Self.request(webhook, signature))
                #expect(answer.status == 200, "\(signature)")
            }
            let answer = await webhook.ask(try Self.request(webhook, others))
            #expect(answer.code == "B3007")
        }
    }

    @Test("a message that is sent again is one execution")
    func redelivery() async throws {
        try await Self.run { webhook in
            let first = await webhook.ask(try Self.request(webhook, Self.signature))
            // A new attempt has a new timestamp, and so a new signature.
            let time = "1614265335"
            let signature = try Self.sign(Self.payload, id: Self.id, time: time)
            let again = await webhook.ask(
                try Self.request(webhook, signature, time: time)
            )
            #expect(first.status == 200)
            #expect(again.status == 200, "\(again.text)")
            #expect(again.execution == first.execution && again.isReplayed)
            let other = try Self.sign(Self.payload, id: "msg_other", time: time)
            let third = await webhook.ask(
                try Self.request(webhook, other, id: "msg_other", time: time)
            )
            #expect(third.status == 200 && third.execution != first.execution)
            #expect(await webhook.executions() == 2)
        }
    }

    @Test("a secret without its prefix is read too; one that is not base64 is 500")
    func secrets() async throws {
        let yaml = SignatureTests.workflow(Self.verify)
        for (secret, status) in [(String(Self.secret.dropFirst(6)), 200), ("whsec_%%", 500)] {
            try await RunningWebhook.run(yaml, secrets: ["KEY": secret]) { webhook in
                let answer = await webhook.ask(try Self.request(webhook, Self.signature))
                #expect(answer.status == status)
                if status == 500 { #expect(answer.code == "B3009") }
            }
        }
    }
}
