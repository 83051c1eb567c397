import Crypto
import Engine
import Foundation
import Model
import Testing

/// Who may start an execution: every kind of `verify`, with published numbers, and every kind of
/// tampering.
@Suite(.timeLimit(.minutes(2))) struct SignatureTests {
    static func workflow(_ verify: String) -> String {
        """
        workflow: w
        trigger: { webhook: { respond: when_finished, verify: \(verify) } }
        steps: [{ reply: { body: "${ $trigger }" } }]
        """
    }

    static func digest(_ text: String, key: some ContiguousBytes) -> [UInt8] {
        let key = SymmetricKey(data: key)
        return Array(HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key))
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    // MARK: Published numbers

    /// Those of RFC 4231, section 4, whose key is text: 1, 2 and 4 (3, 6 and 7 have keys of 0xaa
    /// bytes, 5 is cut short).
    static let rfc4231: [(key: String, body: [UInt8], digest: String)] = [
        (
            String(repeating: "\u{0b}", count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            "Jefe", Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            String(decoding: UInt8(1)...25, as: UTF8.self), Array(repeating: 0xcd, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
        ),
    ]

    @Test("the vectors of RFC 4231 are genuine, in hex and in base64", arguments: rfc4231.indices)
    func vectors(_ index: Int) async throws {
        let vector = Self.rfc4231[index]
        let bytes = stride(from: 0, to: 64, by: 2).compactMap { place in
            UInt8(vector.digest.dropFirst(place).prefix(2), radix: 16)
        }
        for (encoding, text) in [("hex", vector.digest), ("base64", Base64.encoded(bytes))] {
            let verify =
                "{ hmac_sha256: { secret: { env: KEY }, header: X-Sum, encoding: \(encoding) } }"
            try await RunningWebhook.run(Self.workflow(verify), secrets: ["KEY": vector.key]) {
                webhook in
                var request = webhook.request("", [("x-sum", text)])
                request.body = vector.body
                #expect(await webhook.ask(request).status == 200)
                request.body[0] ^= 1
                #expect(await webhook.ask(request).code == "B3007")
            }
        }
    }

    static let gitHub =
        "{ hmac_sha256: { secret: { env: KEY }, header: X-Hub-Signature-256, "
        + "prefix: \"sha256=\" } }"

    @Test("the example of GitHub's documentation is genuine")
    func gitHubExample() async throws {
        let secrets = ["KEY": "It's a Secret to Everybody"]
        let sum = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        try await RunningWebhook.run(Self.workflow(Self.gitHub), secrets: secrets) { webhook in
            func ask(_ value: String) async -> HTTPAnswer {
                await webhook.ask("Hello, World!", [("x-hub-signature-256", value)])
            }
            #expect(await ask("sha256=\(sum)").status == 200)
            #expect(await ask("sha256=\(sum.uppercased())").status == 200)
            #expect(await ask(sum).code == "B3007")
            #expect(await ask("sha1=\(sum)").code == "B3007")
            #expect(await ask("SHA256=\(sum)").code == "B3007")
        }
    }

    // MARK: Tampering

    /// A kind of verification with a genuine request, and what each change of it is answered.
    struct Kind: Sendable, CustomTestStringConvertible {
        struct Change: Sendable {
            var name: String
            var code: String
            var apply: @Sendable (inout WebhookRequest) -> Void

            init(
                _ name: String,
                _ code: String,
                _ apply: @escaping @Sendable (inout WebhookRequest) -> Void,
            ) {
                self.name = name
                self.code = code
                self.apply = apply
            }
        }

        var name: String
        var verify: String
        var secret: String
        var headers: [(String, String)]
        var query = ""
        /// What proves that it is genuine: never told again.
        var proof: String
        var changes: [Change]

        var testDescription: String { name }
    }

    static let body = #"{"order_id":"A-17"}"#
    static let now = "\(ManualClock.start.milliseconds / 1000)"

    /// Sets the value of a header.
    static func set(
        _ name: String,
        _ value: String,
    ) -> @Sendable (inout WebhookRequest) -> Void {
        { request in
            for index in request.headers.indices where request.headers[index].name == name {
                request.headers[index].value = value
            }
        }
    }

    static func drop(_ name: String) -> @Sendable (inout WebhookRequest) -> Void {
        { request in request.headers.removeAll { $0.name == name } }
    }

    static func double(_ name: String) -> @Sendable (inout WebhookRequest) -> Void {
        { request in request.headers += request.headers.filter { $0.name == name } }
    }

    /// What every header with a signature must withstand.
    static func changes(ofSignature name: String, _ genuine: String) -> [Kind.Change] {
        [
            .init("another body", "B3007") { $0.body[2] ^= 1 },
            .init("a longer body", "B3007") { $0.body.append(32) },
            .init("no body", "B3007") { $0.body = [] },
            .init("an empty signature", "B3007", set(name, "")),
            .init("half a signature", "B3007", set(name, String(genuine.dropLast(4)))),
            .init("a longer signature", "B3007", set(name, genuine + "00")),
            .init("a signature with a space in it", "B3007", set(name, "\(genuine) ")),
            .init("a signature that is no text of its encoding", "B3007", set(name, "é!")),
            .init("a signature twice", "B3007", double(name)),
            .init("no signature", "B3006", drop(name)),
        ]
    }

    /// What every timestamp must withstand; it is tolerated for five minutes.
    static func changes(ofTimestamp name: String) -> [Kind.Change] {
        let values = [
            " ", "soon", "-1", "+1790000000", "1790000000.5", "1790000000000", "0x60",
            "99999999999999999999", "1789999699", "1790000301", "1790000000, 1790000000",
        ]
        return values.map { Kind.Change("timestamp '\($0)'", "B3008", set(name, $0)) } + [
            .init("a timestamp that was not signed", "B3007", set(name, "1790000001")),
            .init("no timestamp", "B3006", drop(name)),
            .init("a timestamp twice", "B3008", double(name)),
            .init("sent again after the tolerance", "B3008") {
                $0.receivedAt = $0.receivedAt + TimeSpan(milliseconds: 300_001)
            },
            .init("sent before its time", "B3008") {
                $0.receivedAt = Timestamp(milliseconds: $0.receivedAt.milliseconds - 300_001)
            },
        ]
    }

    static let kinds: [Kind] = [plain, stamped, inBase64] + tokens

    static let plain: Kind = {
        let sum = hex(digest(body, key: Array("a secret word".utf8)))
        return Kind(
            name: "hmac with a prefix",
            verify: gitHub,
            secret: "a secret word",
            headers: [("x-hub-signature-256", "sha256=\(sum)")],
            proof: sum,
            changes: changes(ofSignature: "x-hub-signature-256", "sha256=\(sum)") + [
                .init("without its prefix", "B3007", set("x-hub-signature-256", sum)),
                .init("only the prefix", "B3007", set("x-hub-signature-256", "sha256=")),
                .init(
                    "base64 instead of hex",
                    "B3007",
                    set("x-hub-signature-256", "sha256=5sWHZ+ziTgk1Rrbr8/oFsiCZ/OhAYtkCzNZ4x9Q="),
                ),
            ],
        )
    }()

    static let stamped: Kind = {
        let sum = hex(digest("\(now).\(body)", key: Array("a secret word".utf8)))
        return Kind(
            name: "hmac with a timestamp",
            verify: "{ hmac_sha256: { secret: { env: KEY }, header: X-Sum, "
                + "timestamp_header: X-Time } }",
            secret: "a secret word",
            headers: [("x-sum", sum), ("x-time", now)],
            proof: sum,
            changes: changes(ofSignature: "x-sum", sum) + changes(ofTimestamp: "x-time") + [
                .init("an empty timestamp", "B3008", set("x-time", "")),
                .init(
                    "the body signed alone",
                    "B3007",
                    set("x-sum", hex(digest(body, key: Array("a secret word".utf8)))),
                ),
            ],
        )
    }()

    static let inBase64: Kind = {
        let sum = Base64.encoded(digest(body, key: Array("a secret word".utf8)))
        return Kind(
            name: "hmac in base64",
            verify: "{ hmac_sha256: { secret: { env: KEY }, header: X-Sum, encoding: base64 } }",
            secret: "a secret word",
            headers: [("x-sum", sum)],
            proof: sum,
            changes: changes(ofSignature: "x-sum", sum) + [
                .init(
                    "hex instead of base64",
                    "B3007",
                    set("x-sum", hex(digest(body, key: Array("a secret word".utf8)))),
                )
            ],
        )
    }()

    static let tokens: [Kind] = [
        Kind(
            name: "a bearer token",
            verify: "{ token: { secret: { env: KEY }, header: Authorization } }",
            secret: "a-token-word",
            headers: [("authorization", "Bearer a-token-word")],
            proof: "a-token-word",
            changes: tokenChanges("authorization", "Bearer "),
        ),
        Kind(
            name: "a token in a header",
            verify: "{ token: { secret: { env: KEY }, header: X-Key } }",
            secret: "a-token-word",
            headers: [("x-key", "a-token-word")],
            proof: "a-token-word",
            changes: tokenChanges("x-key", "") + [
                .init("in the query instead", "B3006") {
                    $0.headers = []
                    $0.query = "x-key=a-token-word"
                }
            ],
        ),
        Kind(
            name: "a token in the query",
            verify: "{ token: { secret: { env: KEY }, query: key } }",
            secret: "a-token-word",
            headers: [],
            query: "a=1&key=a-token-word",
            proof: "a-token-word",
            changes: [
                .init("another token", "B3007") { $0.query = "key=a-token-wore" },
                .init("an empty token", "B3007") { $0.query = "key=" },
                .init("another name", "B3006") { $0.query = "Key=a-token-word" },
                .init("no query", "B3006") { $0.query = "" },
                .init("a token twice", "B3006") { $0.query = "key=a-token-word&key=a-token-word" },
                .init("in a header instead", "B3006") {
                    $0.query = ""
                    $0.headers = [HeaderField("key", "a-token-word")]
                },
                .init("a query that is no form", "B3011") { $0.query = "key=a-token-word&b=%2" },
            ],
        ),
    ]

    static func tokenChanges(_ name: String, _ prefix: String) -> [Kind.Change] {
        [
            .init("another token", "B3007", set(name, prefix + "a-token-wore")),
            .init("another case", "B3007", set(name, prefix + "A-token-word")),
            .init("a shorter token", "B3007", set(name, prefix + "a-token-wor")),
            .init("a longer token", "B3007", set(name, prefix + "a-token-words")),
            .init("an empty token", "B3007", set(name, prefix)),
            .init("a token twice", "B3007", double(name)),
            .init("no token", "B3006", drop(name)),
        ]
    }

    @Test(
        "every change of a signed request is refused with its number and starts nothing",
        arguments: kinds + [StandardWebhookTests.kind],
    )
    func tampering(_ kind: Kind) async throws {
        let secrets = ["KEY": kind.secret]
        try await RunningWebhook.run(Self.workflow(kind.verify), secrets: secrets) { webhook in
            let genuine = webhook.request(Self.body, kind.headers, query: kind.query)
            for change in kind.changes {
                var request = genuine
                change.apply(&request)
                let answer = await webhook.ask(request)
                #expect(answer.code == change.code, "\(change.name)")
                #expect(answer.status == (change.code == "B3011" ? 400 : 401), "\(change.name)")
                if answer.status == 401 {
                    #expect(answer.header("www-authenticate") == "Webhook")
                }
                Self.expectNoSecret(kind, answer)
            }
            #expect(await webhook.executions() == 0)
            let answer = await webhook.ask(genuine)
            #expect(answer.status == 200)
            // The workflow answers all that it can see.
            #expect(answer.text.contains("[redacted]"))
            Self.expectNoSecret(kind, answer)
            #expect(await webhook.executions() == 1)
        }
    }

    static func expectNoSecret(_ kind: Kind, _ answer: HTTPAnswer) {
        let told = answer.text + answer.headers.map(\.value).joined(separator: " ")
        #expect(!told.contains(kind.secret) && !told.contains(kind.proof))
    }

    @Test("a timestamp is tolerated both ways, up to the tolerance", arguments: [-60, 60])
    func tolerance(_ seconds: Int64) async throws {
        let verify =
            "{ hmac_sha256: { secret: { env: KEY }, header: X-Sum, "
            + "timestamp_header: X-Time, tolerance: 1m } }"
        try await RunningWebhook.run(Self.workflow(verify), secrets: ["KEY": "k"]) { webhook in
            func ask(_ seconds: Int64) async -> HTTPAnswer {
                let time = "\(ManualClock.start.milliseconds / 1000 + seconds)"
                let sum = Self.hex(Self.digest("\(time).{}", key: Array("k".utf8)))
                return await webhook.ask("{}", [("x-sum", sum), ("x-time", time)])
            }
            #expect(await ask(seconds).status == 200)
            #expect(await ask(seconds + seconds.signum()).code == "B3008")
        }
    }

    // MARK: Without a secret

    @Test(
        "without a secret nothing is genuine: 500, and nothing starts",
        arguments: kinds + [StandardWebhookTests.kind],
        [nil, ""],
    )
    func noSecret(_ kind: Kind, _ secret: String?) async throws {
        let secrets = secret.map { ["KEY": $0] } ?? [:]
        try await RunningWebhook.run(Self.workflow(kind.verify), secrets: secrets) { webhook in
            let sum = Self.digest(Self.body, key: [UInt8]())
            // Signed with the empty key, as anybody can.
            let forged =
                [("x-sum", Self.hex(sum)), ("x-sum", Base64.encoded(sum))]
                .map { [$0] } + [[("x-hub-signature-256", "sha256=\(Self.hex(sum))")]]
            for headers in forged + [kind.headers] {
                let answer = await webhook.ask(Self.body, headers, query: kind.query)
                #expect(answer.status == 500)
                #expect(answer.code == "B3009")
            }
            #expect(await webhook.executions() == 0)
        }
    }

    @Test("a changed secret counts after ten seconds")
    func rotation() async throws {
        let verify = "{ token: { secret: { env: KEY }, header: X-Key } }"
        let secrets = ChangingSecret("old")
        let project = try RunningWebhook.project(Self.workflow(verify))
        let workflow = try #require(Deployment(project: project).workflow(named: "w"))
        let endpoint = try #require(WebhookEndpoint(workflow))
        func fault(_ token: String, after milliseconds: Int64) -> RequestFault? {
            let request = WebhookRequest(
                method: "POST",
                path: "/hooks/w",
                headers: [HeaderField("x-key", token)],
                receivedAt: ManualClock.start + TimeSpan(milliseconds: milliseconds),
            )
            do throws(RequestFault) {
                _ = try endpoint.start(from: request, secrets: secrets)
                return nil
            } catch { return error }
        }
        #expect(fault("old", after: 0) == nil)
        secrets.value = "new"
        #expect(fault("old", after: 9_999) == nil)
        #expect(fault("new", after: 10_000) == nil)
        #expect(fault("old", after: 10_001) == .wrongSignature)
    }

    // MARK: Without verification

    @Test("`verify: none` and no verify take every request", arguments: ["none", ""])
    func unverified(_ word: String) async throws {
        let yaml =
            word.isEmpty
            ? Self.workflow("none").replacingOccurrences(of: ", verify: none", with: "")
            : Self.workflow(word)
        try await RunningWebhook.run(yaml) { webhook in
            #expect(await webhook.ask(Self.body).status == 200)
        }
    }

    // MARK: Time taken

    @Test("digests and tokens are compared nowhere but in constant time")
    func constantTime() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("Sources/Engine/Webhooks/WebhookVerifier.swift")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            .map { $0.drop { $0 == " " } }
        let harmless = [
            "let usual = hmac.timestampHeader == nil", "guard encoding == .hex else",
            "guard digits.count % 2 == 0 else",
            "if header.lowercased() == \"authorization\"", "if given == nil, let name",
            "SHA256.hash(data: left) == SHA256.hash(data: right)",
        ]
        let compared = lines.filter { $0.contains("==") || $0.contains("!=") }
        #expect(compared.count == harmless.count)
        for line in compared {
            #expect(harmless.contains { line.hasPrefix($0) }, "\(line)")
        }
        // Once for each kind, and once where it is defined.
        #expect(lines.count { $0.contains("isEqual(") } == 4)
    }
}
