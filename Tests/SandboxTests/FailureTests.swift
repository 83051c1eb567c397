import Model
import Testing

@testable import Sandbox

/// Tokens, the order in which faults apply, the control API and the journal.
@Suite struct FailureTests {
    @Test(arguments: SandboxService.allCases.filter { $0.token != nil })
    func `a service opens to its own token only`(_ service: SandboxService) {
        var sandbox = WorldUnderTest()
        let path = "/\(service.rawValue)/x"
        #expect(sandbox.ask("POST", path, token: false).status == 401)
        let wrong = [service.tokenHeader: "Bearer sandbox-token-other"]
        #expect(sandbox.ask("POST", path, headers: wrong).status == 401)
        #expect(sandbox.ask("POST", path).status == 404)
    }

    @Test func `a token expires and comes back at the flip of a switch`() {
        var sandbox = WorldUnderTest()
        func flip(_ state: String) -> Int {
            let body: JSONValue = .object(["service": .string("crm"), "state": .string(state)])
            return sandbox.ask("POST", "/_sandbox/tokens", body).status
        }
        #expect(flip("expired") == 200)
        let refused = sandbox.ask("GET", "/crm/objects/Account/001")
        #expect(refused.status == 401)
        #expect(refused["0.errorCode"] == .string("TOKEN_EXPIRED"))
        #expect(sandbox.ask("POST", "/partner/status", .object([:])).status == 400)
        #expect(flip("valid") == 200)
        #expect(sandbox.ask("GET", "/crm/objects/Account/001").status == 200)
        #expect(flip("sleepy") == 400)
    }

    @Test func `the always expired token is always expired`() {
        var sandbox = WorldUnderTest()
        let headers = ["authorization": "Bearer sandbox-token-expired"]
        let reply = sandbox.ask("GET", "/crm/objects/Account/001", headers: headers)
        #expect(reply["0.errorCode"] == .string("TOKEN_EXPIRED"))
    }

    @Test func `the header wins over the queue, the queue over the identifier`() {
        var sandbox = WorldUnderTest()
        let fault: JSONValue = .object(["service": .string("crm"), "fault": .integer(503)])
        #expect(sandbox.ask("POST", "/_sandbox/faults", fault).status == 201)
        let path = "/crm/objects/Account/fail-500"
        #expect(sandbox.ask("GET", path, headers: ["x-sandbox-fail": "429"]).status == 429)
        #expect(sandbox.ask("GET", path).status == 503)
        #expect(sandbox.ask("GET", path).status == 500)
    }

    @Test func `a spelling that is no fault is refused with the known ones`() {
        var sandbox = WorldUnderTest()
        let reply = sandbox.ask("GET", "/crm/leads", headers: ["x-sandbox-fail": "explode"])
        #expect(reply.status == 400)
        #expect(reply["0.message"]?.stringValue?.contains("malformed") == true)
    }

    @Test func `a counted identifier fails that often and then exists`() {
        var sandbox = WorldUnderTest()
        let path = "/crm/objects/Account/fail-2x-429"
        let replies = (0..<3).map { _ in sandbox.ask("GET", path) }
        #expect(replies.map(\.status) == [429, 429, 200])
        #expect(replies[0].headers["Retry-After"] == "1")
    }

    @Test func `an identifier at the top of a body fails the call before its work`() {
        var sandbox = WorldUnderTest()
        let order: JSONValue = .object(["sku": .string("fail-500"), "quantity": .integer(1)])
        #expect(
            sandbox.ask("POST", "/erp/orders", order)["error.code"] == .string("sandbox_fault")
        )
        #expect(sandbox.ask("GET", "/erp/orders")["created"] == .integer(0))
    }

    @Test func `a lost answer leaves an order behind, any other fault does not`() {
        for (spelling, created) in [
            ("lost", 1), ("slow=1", 1), ("reset", 0), ("timeout", 0), ("200-error", 0),
        ] {
            var sandbox = WorldUnderTest()
            let headers = ["x-sandbox-fail": spelling]
            _ = sandbox.ask("POST", "/erp/orders", ServiceTests.order, headers: headers)
            #expect(
                sandbox.ask("GET", "/erp/orders")["created"] == .count(created),
                "\(spelling)",
            )
        }
    }

    @Test func `looking at what arrived takes no queued fault`() {
        var sandbox = WorldUnderTest()
        let fault: JSONValue = .object(["service": .string("erp"), "fault": .string("500")])
        #expect(sandbox.ask("POST", "/_sandbox/faults", fault).status == 201)
        #expect(sandbox.ask("GET", "/erp/orders").status == 200)
        #expect(sandbox.ask("GET", "/_sandbox/faults")["faults.0.remaining"] == .integer(1))
    }

    static let unreadable: [JSONObject] = [
        [:],
        ["service": .string("bank"), "fault": .string("500")],
        ["service": .string("erp"), "fault": .string("explode")],
        ["service": .string("erp"), "fault": .string("500"), "times": .integer(0)],
        ["service": .string("erp"), "fault": .string("500"), "times": .integer(1_001)],
        ["service": .string("erp"), "fault": .string("429"), "retry_after": .integer(-1)],
        ["service": .string("erp"), "fault": .string("429"), "retry_after": .integer(3_601)],
    ]

    @Test(arguments: unreadable)
    func `a fault that cannot be queued is refused`(_ body: JSONObject) {
        var sandbox = WorldUnderTest()
        #expect(sandbox.ask("POST", "/_sandbox/faults", .object(body)).status == 400)
        #expect(sandbox.ask("GET", "/_sandbox/faults")["faults"] == .array([]))
    }

    @Test func `the journal tells what came, with its key, and what was answered`() {
        var sandbox = WorldUnderTest()
        let headers = ["idempotency-key": "k", "x-request-id": "r", "x-sandbox-fail": "lost"]
        _ = sandbox.ask("POST", "/erp/orders", ServiceTests.order, headers: headers)
        _ = sandbox.ask("GET", "/crm/objects/Account/001")
        let journal = sandbox.ask("GET", "/_sandbox/requests?service=erp")
        #expect(journal["total"] == .integer(2))
        #expect(journal["requests"]?.arrayValue?.count == 1)
        #expect(journal["requests.0.idempotency_key"] == .string("k"))
        #expect(journal["requests.0.correlation_id"] == .string("r"))
        #expect(journal["requests.0.status"] == .null)
        #expect(journal["requests.0.fault"] == .string("lost"))
        #expect(journal["requests.0.done"] == .bool(true))
    }

    @Test func `the journal keeps the last thousand`() {
        var sandbox = WorldUnderTest()
        for _ in 0..<SandboxLimits.journal + 10 { _ = sandbox.ask("GET", "/crm/leads") }
        let journal = sandbox.ask("GET", "/_sandbox/requests?limit=5000")
        #expect(journal["requests"]?.arrayValue?.count == SandboxLimits.journal)
        #expect(journal["requests.0.number"] == .integer(11))
    }

    @Test func `a reset starts the world anew`() {
        var sandbox = WorldUnderTest()
        _ = sandbox.ask("POST", "/erp/orders", ServiceTests.order)
        #expect(sandbox.ask("POST", "/_sandbox/reset").status == 200)
        #expect(sandbox.ask("GET", "/erp/orders")["created"] == .integer(0))
        #expect(sandbox.ask("GET", "/_sandbox/requests")["total"] == .integer(0))
    }
}
