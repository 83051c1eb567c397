import Definitions
import Engine
import Expressions
import Model

/// Requests to webhooks, as text: a line `METHOD query`, header lines, an empty line, the body.
/// Each is held against endpoints of every kind of verification; it starts an execution or is
/// refused with a numbered problem. What is signed here must be found genuine.
enum WebhookTarget {
    static let secret = "c2VjcmV0LW9mLWEtd2ViaG9vaw=="
    static let now = Timestamp(milliseconds: 1_790_000_000_000)

    struct Secrets: SecretSource {
        func secret(_ reference: SecretReference) throws(Problem) -> String { secretText }
        private var secretText: String { WebhookTarget.secret }
    }

    static let verifications: [WebhookVerification?] = {
        let reference = SecretReference.environment("SECRET")
        var stamped = HMACVerification(secret: reference, header: "X-Signature", prefix: "v0=")
        stamped.timestampHeader = "X-Time"
        return [
            nil, .hmacSHA256(stamped),
            .hmacSHA256(HMACVerification(secret: reference, header: "x-sig", encoding: .base64)),
            .standardWebhooks(secret: reference, tolerance: TimeSpan(milliseconds: 300_000)),
            .sharedToken(secret: reference, header: "Authorization", query: "token"),
        ]
    }()

    static let endpoints: [WebhookEndpoint] = verifications.enumerated().map {
        index,
        verification in
        do {
            var trigger = WebhookTrigger(verify: verification)
            if index == 0 {
                trigger.correlationID = try Template.compile("${$trigger.body.id // null}")
                trigger.deduplicateBy = try Template.compile("${$trigger.headers.\"x-key\"}")
                trigger.input = try JSONSchema(["not": ["required": ["forbidden"]]])
            }
            let workflow = WorkflowDefinition(
                name: "hook",
                trigger: .webhook(trigger),
                steps: [],
                nodeCount: 0,
            )
            let deployed = DeployedWorkflow(
                definition: workflow,
                config: .object(JSONObject()),
                solutionVersion: nil,
            )
            guard let endpoint = WebhookEndpoint(deployed) else { broken("no endpoint") }
            return endpoint
        } catch { broken("\(error)") }
    }

    static func run(_ bytes: [UInt8]) {
        let request = request(bytes)
        for endpoint in endpoints {
            do throws(RequestFault) {
                check(try endpoint.start(from: request, secrets: Secrets()))
            } catch {
                check(error, bytes.count)
            }
        }
    }

    static func request(_ bytes: [UInt8]) -> WebhookRequest {
        var (line, rest) = halves(bytes)
        let words = line.split(separator: 32, maxSplits: 1).map {
            String(decoding: $0, as: UTF8.self)
        }
        var request = WebhookRequest(
            method: words.first ?? "POST",
            path: "/hooks/hook",
            query: words.count > 1 ? words[1] : "",
            receivedAt: now,
        )
        while !rest.isEmpty {
            (line, rest) = halves(rest)
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { break }
            let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
            let value = line[(colon + 1)...].drop { $0 == 32 }
            request.headers.append(HeaderField(name, String(decoding: value, as: UTF8.self)))
        }
        request.body = rest
        return request
    }

    private static func check(_ start: StartRequest) {
        if let key = start.idempotencyKey {
            insist((1...255).contains(key.utf8.count), "a key of \(key.utf8.count) bytes")
        }
        if let id = start.correlationID {
            insist(
                (1...WebhookLimits.keyLength).contains(id.count),
                "a correlation id of no length",
            )
        }
        let text = JSONWriter.bytes(start.trigger)
        guard case .success(let again) = JSONTarget.read(text, JSONLimits(depth: 256, size: .max))
        else { broken("$trigger is no JSON") }
        insist(again == start.trigger, "another $trigger is read back")
        insist(start.trigger["body"] != nil, "$trigger has no body")
    }

    private static func check(_ fault: RequestFault, _ size: Int) {
        insist(isNumbered(fault.code), "\(fault) has no number")
        let answer = fault.answer
        insist((400...599).contains(answer.status), "\(fault) answers \(answer.status)")
        guard case .success(let body) = JSONTarget.read(answer.body, JSONLimits()) else {
            broken("the answer is no JSON")
        }
        insist(body["code"] == .string(fault.code), "another number is answered")
        let type = body["type"]?.stringValue ?? ""
        insist(ProblemType(slugOrURN: type) != nil, "\(type) is no type of problem")
        let leaks = String(decoding: answer.body, as: UTF8.self).contains(secret)
        insist(!leaks || size >= secret.utf8.count, "the answer tells the secret")
    }
}
