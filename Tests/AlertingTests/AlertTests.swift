import Alerting
import Embedding
import Model
import Testing

@Suite struct AlertTests {
    private let start = Timestamp(milliseconds: 1_800_000_000_000)
    private let ladder = Ladder(instanceWorkflow: "s/a", accountWorkflow: "b")

    private func failure(_ problem: Problem = Problem(.service, detail: "down")) -> Failure {
        var failure = Failure(
            id: ObjectID(.failure, rawValue: 1),
            at: start,
            kind: .execution,
            instance: ObjectID(.instance, rawValue: 2),
            solution: "s",
            version: "1.0.0",
            workflow: "sync",
            user: ObjectID(.endUser, rawValue: 3),
            problem: problem,
        )
        failure.execution = ExecutionID(rawValue: 4)
        failure.correlationID = "req-1"
        failure.disposition = .issue(ObjectID(.issue, rawValue: 5))
        return failure
    }

    private func alert() -> Alert {
        Alert(
            id: ObjectID(.alert, rawValue: 9),
            at: start,
            rung: .instance,
            of: failure(),
            payload: AlertPayload(failure(), externalUser: "cust-7").object,
        )
    }

    private func step(_ alert: Alert, _ workflow: String) -> Alert.Step {
        Alert.Step(
            rung: alert.rung,
            workflow: workflow,
            execution: ExecutionID(rawValue: 6),
            problem: Problem(.authentication, detail: "the password changed"),
            at: start,
        )
    }

    @Test func `an alert climbs, becomes a dead letter, and begins anew when sent again`() {
        var alert = alert()
        let first = alert.idempotencyKey
        alert.climb(step(alert, "s/a"), on: ladder)
        #expect(alert.rung == .account && alert.state == .pending)
        #expect(alert.chain == ["s/a"])
        #expect(alert.idempotencyKey != first)
        alert.climb(step(alert, "b"), on: ladder)
        #expect(alert.rung == .deadLetter && alert.state == .deadLetter)
        #expect(alert.history.map(\.workflow) == ["s/a", "b"])
        alert.resend(on: ladder, chain: [])
        #expect(alert.rung == .instance && alert.state == .pending)
        #expect(alert.history.count == 2, "what happened stays known")
        #expect(alert.idempotencyKey != first, "a new start is wanted")
    }

    @Test func `an alert is read back as it was written`() {
        var alert = alert()
        #expect(Alert(json: alert.json) == alert)
        alert.climb(step(alert, "s/a"), on: ladder)
        alert.group = "grp"
        alert.execution = ExecutionID(rawValue: 8)
        alert.refusals = 3
        for state in Alert.State.allCases {
            alert.state = state
            #expect(Alert(json: alert.json) == alert)
        }
        alert.delivered(at: start)
        #expect(Alert(json: alert.json) == alert)
        #expect(Alert(json: ["id": "alr_0000000000001"]) == nil)
    }

    @Test func `the payload has the names that workflows read, and Tray's`() {
        let payload = JSONValue.object(
            AlertPayload(failure(), externalUser: "cust-7", baseURL: "https://b.example").object
        )
        #expect(payload["execution"] == "exe_0000000000004")
        #expect(payload["user"] == "cust-7")
        #expect(payload["solution"] == "s")
        #expect(payload["workflow"] == "sync")
        #expect(payload["correlation_id"] == "req-1")
        #expect(payload["error"]?["type"] == "service")
        #expect(
            payload["links"]?["execution"] == "https://b.example/v1/executions/exe_0000000000004"
        )
        #expect(payload["links"]?["issue"] == "https://b.example/v1/issues/iss_0000000000005")
        let tray = payload["tray"]
        for name in [
            "workflow_uuid", "workflow_url", "workflow_title", "step_name", "step_log_url",
            "connector", "message", "created",
        ] {
            #expect(tray?[name] != nil, "\(name)")
        }
        #expect(tray?["message"] == "down")
    }

    @Test(arguments: [1_000, 300_000, 2_000_000])
    func `a payload keeps to its size and points to the whole`(bytes: Int) {
        var problem = Problem(.service, detail: String(repeating: "d", count: bytes))
        problem.data = .string(String(repeating: "x", count: bytes))
        problem.response = ProblemResponse(
            status: 500,
            body: .string(String(repeating: "y", count: bytes)),
        )
        let object = AlertPayload(failure(problem), externalUser: nil).object
        let size = JSONWriter.encodedSize(.object(object))
        #expect(size <= AlertPayload.bytesMax)
        #expect((object["truncated"] != nil) == (bytes > 80_000))
        #expect(object["error"]?["type"] == "service")
        #expect(object["links"]?["failure"] == "/v1/failures/fai_0000000000001")
    }
}
