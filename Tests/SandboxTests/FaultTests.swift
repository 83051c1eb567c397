import Testing

@testable import Sandbox

@Suite struct FaultTests {
    static let readable: [(String, Fault)] = [
        ("429", Fault(.status(429), retryAfter: 1)),
        ("429;retry-after=2", Fault(.status(429), retryAfter: 2)),
        (" 503 ; Retry-After=0 ", Fault(.status(503), retryAfter: 0)),
        ("500", Fault(.status(500))),
        ("401", Fault(.expiredToken)),
        ("timeout", Fault(.timeout)),
        ("RESET", Fault(.reset)),
        ("lost", Fault(.lost)),
        ("200-error", Fault(.errorInside)),
        ("malformed", Fault(.malformed)),
        ("truncated", Fault(.truncated)),
        ("slow", Fault(.slow(milliseconds: 2_000))),
        ("slow=60000", Fault(.slow(milliseconds: 60_000))),
    ]

    @Test(arguments: readable)
    func `a spelling is read, and written so that it reads back`(_ text: String, _ fault: Fault) {
        #expect(Fault(text) == fault)
        #expect(Fault(fault.text) == fault)
    }

    @Test(arguments: [
        "", "200", "399", "600", "5oo", "slow=", "slow=-1", "slow=60001", "reset;retry-after=1",
        "429;retry-after", "429;retry-after=3601", "429;x=1", "429;",
    ])
    func `anything else is no fault`(_ text: String) {
        #expect(Fault(text) == nil)
    }

    @Test func `every spelling of the home page is a fault`() {
        for (spelling, _) in Fault.spellings { #expect(Fault(spelling) != nil, "\(spelling)") }
    }

    @Test(
        arguments: [
            ("fail-500", 500, nil), ("fail-2x-503", 503, 2), ("fail-1000x-500", 500, 1_000),
        ] as [(String, Int, Int?)]
    )
    func `a magic identifier names a fault and how often`(
        _ text: String,
        _ status: Int,
        _ times: Int?,
    ) {
        let magic = MagicIdentifier(text)
        #expect(magic?.fault == Fault(.status(status)))
        #expect(magic?.times == times)
    }

    @Test(arguments: [
        "fail-", "fail-fast", "fail-0x-500", "fail-1001x-500", "failure-500", "Fail-500",
    ])
    func `an ordinary text is no magic identifier`(_ text: String) {
        #expect(MagicIdentifier(text) == nil)
    }

    @Test func `queued faults are taken in order, per service, as often as asked`() {
        var queue = FaultQueue()
        let added = [
            queue.add(Fault(.timeout), times: 2, to: .erp),
            queue.add(Fault(.reset), times: 1, to: .erp),
        ]
        #expect(added == [true, true])
        let other = queue.take(for: .crm)
        #expect(other == nil)
        let taken = (0..<4).map { _ in queue.take(for: .erp)?.kind }
        #expect(taken == [.timeout, .timeout, .reset, nil])
    }

    @Test func `a full queue refuses, and clearing tells how many went`() {
        var queue = FaultQueue()
        let added = (0...SandboxLimits.queuedFaults).map { _ in
            queue.add(Fault(.reset), times: 1, to: .erp)
        }
        #expect(added.count(where: { $0 }) == SandboxLimits.queuedFaults)
        let elsewhere = queue.add(Fault(.reset), times: 1, to: .crm)
        #expect(elsewhere)
        let gone = [queue.clear(.erp), queue.clear(nil)]
        #expect(gone == [SandboxLimits.queuedFaults, 1])
    }
}
