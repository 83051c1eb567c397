import Alerting
import Testing

/// Who is told: a table, one line for each case.
@Suite struct LadderTests {
    private let both = Ladder(instanceWorkflow: "s/a", accountWorkflow: "b")

    @Test func `the most specific alert workflow that exists takes the alert`() {
        #expect(both.rungs(chain: []) == [.instance])
        #expect(Ladder(instanceWorkflow: nil, accountWorkflow: "b").rungs(chain: []) == [.account])
        let own = Ladder(instanceWorkflow: "s/a", accountWorkflow: nil)
        #expect(own.rungs(chain: []) == [.instance])
        let none = Ladder(instanceWorkflow: nil, accountWorkflow: nil)
        #expect(none.rungs(chain: []) == [.deadLetter])
    }

    @Test func `escalate always tells the account too, and nobody twice`() {
        var ladder = both
        ladder.escalatesAlways = true
        #expect(ladder.rungs(chain: []) == [.instance, .account])
        #expect(ladder.rungs(chain: ["s/a"]) == [.account])
        #expect(ladder.rungs(chain: ["b"]) == [.instance])
        ladder.accountWorkflow = "s/a"
        #expect(ladder.rungs(chain: []) == [.instance])
        ladder.accountWorkflow = nil
        #expect(ladder.rungs(chain: []) == [.instance])
    }

    @Test func `an alert workflow is never told of its own failure`() {
        #expect(both.rungs(chain: ["s/a"]) == [.account])
        #expect(both.rungs(chain: ["b"]) == [.instance])
        #expect(both.rungs(chain: ["s/a", "b"]) == [.deadLetter])
        let same = Ladder(instanceWorkflow: "b", accountWorkflow: "b")
        #expect(same.rungs(chain: ["b"]) == [.deadLetter])
        #expect(same.rung(above: .instance, chain: ["b"]) == .deadLetter)
    }

    @Test func `an alert climbs one rung at a time up to the dead letter`() {
        #expect(both.rung(above: .instance, chain: ["s/a"]) == .account)
        #expect(both.rung(above: .account, chain: ["s/a", "b"]) == .deadLetter)
        #expect(both.rung(above: .deadLetter, chain: []) == .deadLetter)
        let own = Ladder(instanceWorkflow: "s/a", accountWorkflow: nil)
        #expect(own.rung(above: .instance, chain: ["s/a"]) == .deadLetter)
    }

    @Test func `a chain has an end whatever its workflows are called`() {
        let long = (0..<Ladder.chainMax).map { "w\($0)" }
        #expect(both.rungs(chain: long) == [.deadLetter])
        #expect(both.rungs(chain: Array(long.dropLast())) == [.instance])
    }

    @Test func `from any start and any workflows the way up ends within the rungs`() {
        let names: [String?] = [nil, "x", "y"]
        for instance in names {
            for account in names {
                let ladder = Ladder(instanceWorkflow: instance, accountWorkflow: account)
                var chain: [String] = []
                var rung = ladder.rungs(chain: chain)[0]
                var told: [String] = []
                while rung != .deadLetter {
                    guard let workflow = ladder.workflow(on: rung) else {
                        Testing.Issue.record("a rung without a workflow")
                        break
                    }
                    told.append(workflow)
                    chain.append(workflow)
                    let next = ladder.rung(above: rung, chain: chain)
                    #expect(next > rung)
                    rung = next
                }
                #expect(Set(told).count == told.count)
            }
        }
    }
}
