import Alerting
import Embedding
import Model
import Testing

@Suite struct FailureTests {
    private static let canary = "canary-7f3a"

    private func failure() -> Failure {
        var problem = Problem(.service, detail: Self.canary)
        problem.data = ["value": .string(Self.canary)]
        problem.audience.support = Self.canary
        problem.cause = Problem(.request, detail: Self.canary)
        problem.path = Self.canary
        var failure = Failure(
            id: ObjectID(.failure, rawValue: 1),
            at: Timestamp(milliseconds: 1_800_000_000_000),
            kind: .execution,
            instance: ObjectID(.instance, rawValue: 2),
            solution: "leads",
            version: "1.0.0",
            workflow: "sync",
            user: ObjectID(.endUser, rawValue: 3),
            problem: problem,
        )
        failure.execution = ExecutionID(rawValue: 4)
        failure.correlationID = "req-1"
        failure.fingerprint = "v1:\(Self.canary)"
        failure.chain = ["leads/record-error@\(Self.canary)"]
        failure.alert = ObjectID(.alert, rawValue: 5)
        failure.suppressed = Self.canary
        return failure
    }

    @Test func `a failure is read back as it was written`() {
        var failure = failure()
        let dispositions: [Failure.Disposition?] = [
            nil, .issue(ObjectID(.issue, rawValue: 6)), .ignored(policy: "noise"),
        ]
        for disposition in dispositions {
            failure.disposition = disposition
            #expect(Failure(json: failure.json) == failure)
        }
        failure.resumed = 2
        #expect(failure.end == "exe_0000000000004:2")
        #expect(Failure(json: failure.json) == failure)
        for kind in Failure.Kind.allCases {
            failure.kind = kind
            #expect(Failure(json: failure.json) == failure)
        }
        #expect(Failure(json: ["id": "fai_0000000000001"]) == nil)
    }

    @Test func `a client reads the problem in the client's words and nothing of its handling`() {
        let text = JSONWriter.string(failure().view(for: .client))
        #expect(!text.contains(Self.canary))
        #expect(text.contains("exe_"))
        #expect(failure().view(for: .partner) == failure().json)
    }
}
