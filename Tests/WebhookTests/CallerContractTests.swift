import Engine
import Kernel
import Model
import Testing

/// G3: a failed execution never answers 2xx, whatever it replied and however it ended.
@Suite struct CallerContractTests {
    static let id = ExecutionID(milliseconds: ExecutionID.epoch + 5, worker: 1, sequence: 1)
    let caller = CallerAnswer(id: id, statusURL: "/v1/executions/\(id)/status?token=t")

    @Test(arguments: ExecutionReason.allCases)
    func `no end that is not a success answers below 400`(_ reason: ExecutionReason) {
        let statuses = [nil] + (200...599).map { Optional($0) }
        for status in statuses {
            for type in ProblemType.allCases {
                for wanted in [nil, 100, 200, 204, 301, 404, 503, 999] as [Int?] {
                    var problem = Problem(type)
                    problem.status = wanted ?? problem.status
                    let reply = status.map { Reply(status: $0, body: "words") }
                    let outcome = Outcome(
                        reason: reason,
                        output: "output",
                        problem: reason.isSuccess ? nil : problem,
                    )
                    let answer = caller.finished(outcome, reply: reply)
                    if reason.isSuccess {
                        #expect(answer.status == status ?? 200)
                    } else if answer.status < 400 {
                        Issue.record(
                            "\(reason) with \(String(describing: status)): \(answer.status)"
                        )
                    }
                }
            }
        }
    }

    @Test func `a caller without a reply gets the client's words and no detail`() {
        var problem = Problem(.authentication, detail: "secret-detail")
        problem.response = ProblemResponse(status: 401, body: "secret-body")
        let outcome = Outcome(reason: .failed, output: "secret-output", problem: problem)
        let answer = caller.finished(outcome, reply: nil)
        let text = String(decoding: answer.body, as: UTF8.self)
        #expect(answer.header("content-type") == "application/problem+json")
        #expect(text.contains("Reconnect it") && text.contains("\(Self.id)"))
        #expect(!text.contains("secret"))
    }

    @Test func `a caller who waited too long gets 504`() {
        #expect(caller.timedOut().status == 504)
    }
}
