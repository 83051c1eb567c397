import Alerting
import Embedding
import Model
import Testing

@Suite struct IssueTests {
    private let hour: Int64 = 3_600_000

    private func issue(_ failure: Failure = Sample.failure()) -> Alerting.Issue {
        Alerting.Issue(
            id: ObjectID(.issue, rawValue: 1),
            failure,
            fingerprint: failure.fingerprint ?? "",
        )
    }

    @Test func `it counts in all, by instance and by hour`() {
        var issue = issue()
        for number in 1..<10 as Range<Int64> {
            issue.add(
                Sample.failure(number, at: Sample.start + number * hour, instance: number % 3)
            )
        }
        #expect(issue.count == 10)
        #expect(issue.hits.values.map(\.count).reduce(0, +) == 10)
        #expect(issue.instanceCount == 3)
        #expect(issue.occurrences.counts.suffix(10) == ArraySlice(repeating: 1, count: 10))
        #expect(issue.firstSeen == Sample.start)
        #expect(issue.lastSeen == Sample.start + 9 * hour)
        #expect(Alerting.Issue(json: issue.json) == issue)
    }

    @Test func `instances beyond the limit are counted together`() {
        var issue = issue()
        for number in 0..<Int64(Alerting.Issue.instancesMax + 50) {
            issue.add(Sample.failure(instance: 1_000 + number))
        }
        #expect(issue.hits.count == Alerting.Issue.instancesMax)
        #expect(issue.hits.values.map(\.count).reduce(0, +) + issue.othersCount == issue.count)
        #expect(issue.isFiring)
    }

    @Test func `a failure after it was resolved opens it as a regression`() {
        var issue = issue()
        issue.resolve(by: "ada", at: Sample.start)
        #expect(issue.state == .resolved && !issue.isFiring)
        let answer1 = issue.add(Sample.failure(2, at: Sample.start + 1))
        #expect(answer1)
        #expect(issue.state == .open && issue.mark == .regressed && issue.regressions == 1)
        issue.refreshMark(at: Sample.start + 100 * hour)
        #expect(issue.mark == .regressed, "until somebody has seen it")
        issue.acknowledge(by: "ada")
        #expect(issue.state == .acknowledged && issue.mark != .regressed)
        let answer2 = issue.add(Sample.failure(3, at: Sample.start + 2))
        #expect(!answer2)
        #expect(issue.state == .acknowledged)
    }

    @Test func `a muted issue counts on in silence until its time`() {
        var issue = issue()
        issue.mute(until: Sample.start + 2 * hour)
        let answer3 = issue.add(Sample.failure(2, at: Sample.start + hour))
        #expect(!answer3)
        #expect(issue.state == .muted && issue.count == 2)
        let answer4 = issue.add(Sample.failure(3, at: Sample.start + 2 * hour))
        #expect(answer4)
        #expect(issue.state == .open && issue.mutedUntil == nil)
    }

    @Test func `a muted issue that escalates is open again`() {
        var issue = issue()
        issue.mute(until: Sample.start + 1_000 * hour)
        var opened = 0
        for number in 0..<40 as Range<Int64>
        where issue.add(Sample.failure(2 + number, at: Sample.start + hour)) {
            opened += 1
        }
        #expect(opened == 1)
        #expect(issue.state == .open && issue.mark == .escalating)
    }

    @Test func `what begins is new and then goes on`() {
        var issue = issue()
        #expect(issue.mark == .new)
        issue.refreshMark(at: Sample.start + 23 * hour)
        #expect(issue.mark == .new)
        issue.refreshMark(at: Sample.start + 24 * hour)
        #expect(issue.mark == .ongoing)
    }

    @Test func `it resolves when everything that it hit goes well again`() {
        var issue = issue()
        issue.add(Sample.failure(2, instance: 3))
        let (first, second) = ("ins_0000000000002", "ins_0000000000003")
        let answer5 = issue.recovered(instance: "ins_0000000000009", at: Sample.start)
        #expect(!answer5)
        let answer6 = issue.recovered(instance: first, at: Sample.start)
        #expect(!answer6)
        let answer7 = issue.recovered(instance: first, at: Sample.start)
        #expect(!answer7, "once")
        #expect(issue.isFiring)
        let answer8 = issue.recovered(instance: second, at: Sample.start)
        #expect(answer8)
        #expect(issue.state == .resolved && issue.resolvedBy == "recovery")
    }

    @Test func `notes are bounded, the newest are kept`() {
        var issue = issue()
        for number in 0..<(Alerting.Issue.notesMax + 5) {
            issue.note("\(number)", by: "ada", at: Sample.start)
        }
        #expect(issue.notes.count == Alerting.Issue.notesMax)
        #expect(issue.notes.last?.text == "\(Alerting.Issue.notesMax + 4)")
    }

    @Test func `an hour escalates by what was before it`() {
        var occurrences = Occurrences(endingAt: Sample.start)
        for _ in 0..<100 { occurrences.add(at: Sample.start) }
        #expect(!occurrences.isEscalating, "what begins is new")
        for _ in 0..<100 { occurrences.add(at: Sample.start + hour) }
        #expect(!occurrences.isEscalating)
        for _ in 0..<400 { occurrences.add(at: Sample.start + hour) }
        #expect(occurrences.isEscalating)
        occurrences.advance(to: Sample.start + 100 * hour)
        #expect(occurrences.counts.allSatisfy { $0 == 0 })
        occurrences.add(at: Sample.start)
        #expect(occurrences.counts.allSatisfy { $0 == 0 }, "too old to be counted")
    }
}
