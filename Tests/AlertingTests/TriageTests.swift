import Alerting
import Definitions
import Embedding
import Model
import Synchronization
import Testing

@Suite struct TriageTests {
    private func triage(
        _ failures: [Failure],
        _ definition: AlertingDefinition = AlertingDefinition(),
        rungs: [Rung] = [.account],
        silences: [Silence] = [],
        open: [Labels] = [],
        issues: [String: Alerting.Issue] = [:],
        groups: [String: NotificationGroup] = [:],
    ) -> Triage {
        var triage = Triage(
            Triage.Situation(
                definition: definition,
                silences: silences,
                openIssues: open,
                now: Sample.start,
            ),
            issues: issues,
            groups: groups,
        )
        var number: Int64 = 100
        for failure in failures {
            triage.take(
                failure,
                rungs: rungs,
                newID: {
                    number += 1
                    return ObjectID(.issue, rawValue: number)
                },
                digest: Sample.digest,
            )
        }
        return triage
    }

    @Test func `one cause is one issue, and each failure has one disposition`() throws {
        let failures = (1...50).map { number in
            Sample.failure(
                number,
                instance: number % 7,
                problem: Problem(.service, detail: "order \(number) failed"),
            )
        }
        let triage = triage(failures)
        #expect(triage.issues.count == 1)
        let issue = try #require(triage.issues.values.first)
        #expect(issue.count == 50 && issue.instanceCount == 7)
        #expect(triage.failures.map(\.id) == failures.map(\.id))
        #expect(triage.failures.allSatisfy { $0.disposition == .issue(issue.id) })
        #expect(triage.groups.count == 1 && triage.direct.isEmpty)
        #expect(triage.groups.values.first?.pending.count == 50)
    }

    @Test func `without groups each failure is told by itself, on each of its rungs`() {
        let triage = triage([Sample.failure(1), Sample.failure(2)], rungs: [.instance, .account])
        #expect(triage.direct.map(\.rung) == [.instance, .instance])
        #expect(triage.groups.count == 1)
    }

    @Test func `a dead letter waits for no group`() {
        #expect(
            triage([Sample.failure()], rungs: [.deadLetter]).direct.map(\.rung) == [.deadLetter]
        )
    }

    @Test func `a named policy leaves out what it matches`() throws {
        var definition = AlertingDefinition()
        definition.ignore = [
            .init(name: "other", match: [try LabelMatcher(.type, .equal, "timeout")]),
            .init(name: "noise", match: [try LabelMatcher(.workflow, text: "~sy.*")]),
        ]
        let triage = triage([Sample.failure()], definition)
        #expect(triage.failures.first?.disposition == .ignored(policy: "noise"))
        #expect(triage.issues.isEmpty && triage.groups.isEmpty)
    }

    private func silence(_ matchers: [AlertLabel: String]) -> Silence {
        Silence(
            id: ObjectID(.silence, rawValue: 1),
            matchers: matchers,
            startsAt: Sample.start,
            expiresAt: Sample.start + 1_000,
            author: "ada",
            comment: "maintenance",
        )
    }

    @Test func `what is silenced is counted and told to nobody`() {
        let quiet = triage([Sample.failure()], silences: [silence([.type: "service"])])
        #expect(quiet.issues.count == 1 && quiet.groups.isEmpty && quiet.direct.isEmpty)
        #expect(quiet.failures.first?.suppressed?.hasPrefix("silenced by sil_") == true)
        let loud = triage(
            [Sample.failure()],
            silences: [silence([.type: "service", .workflow: "!sync"]), silence([:])],
        )
        #expect(loud.groups.count == 1)
    }

    @Test func `a silence has a beginning and an end`() {
        let silence = silence([.type: "service"])
        #expect(silence.state(at: Sample.start + -1) == .pending)
        #expect(silence.state(at: Sample.start) == .active)
        #expect(silence.state(at: Sample.start + 1_000) == .expired)
        #expect(Silence(json: silence.json) == silence)
    }

    @Test func `a broken connection mutes the executions that fail by it`() {
        var problem = Problem(.authentication, detail: "401")
        problem.connector = "crm"
        var source = Sample.failure(1, problem: problem)
        source.kind = .authentication
        let labels = Labels(source, issue: nil)
        var values = labels.values
        values[.issue] = "iss_0000000000001"
        let open = Labels(values)
        let muted = triage([Sample.failure(2, problem: problem)], open: [open])
        #expect(muted.failures.first?.suppressed == "inhibited by iss_0000000000001")
        let elsewhere = triage([Sample.failure(2, instance: 9, problem: problem)], open: [open])
        #expect(elsewhere.groups.count == 1)
        problem.connector = "erp"
        #expect(triage([Sample.failure(2, problem: problem)], open: [open]).groups.count == 1)
        #expect(triage([source], open: [open]).groups.count == 1, "the cause itself is told")
    }

    @Test func `acknowledged and muted issues count in silence`() throws {
        let failure = Sample.failure(1)
        var issue = Alerting.Issue(
            id: ObjectID(.issue, rawValue: 1),
            failure,
            fingerprint: failure.fingerprint ?? "",
        )
        issue.acknowledge(by: "ada")
        let known = triage([Sample.failure(2)], issues: [issue.fingerprint: issue])
        #expect(known.groups.isEmpty && known.issues.values.first?.count == 2)
        issue.resolve(by: "ada", at: Sample.start)
        let again = triage([Sample.failure(2)], issues: [issue.fingerprint: issue])
        #expect(again.groups.count == 1 && again.issues.values.first?.mark == .regressed)
    }

    @Test func `the failure of an alert workflow is an issue, and its alert climbs by itself`() {
        var failure = Sample.failure()
        failure.kind = .alert
        failure.alert = ObjectID(.alert, rawValue: 1)
        let triage = triage([failure])
        #expect(triage.issues.count == 1 && triage.groups.isEmpty && triage.direct.isEmpty)
    }

    @Test func `matchers compare whole values`() throws {
        let rows: [(String, String, Bool)] = [
            ("crm", "crm", true), ("crm", "crm2", false), ("!crm", "erp", true),
            ("!crm", "crm", false), ("~c.m", "crm", true), ("~c.m", "crmx", false),
            ("~a|b", "b", true), ("~a|b", "ab", false), ("!~c.*", "erp", true),
            ("!~c.*", "crm", false), ("", "", true), ("~.*", "", true),
        ]
        for (text, value, holds) in rows {
            let matcher = try LabelMatcher(.connector, text: text)
            #expect(matcher.holds(value) == holds, "\(text) \(value)")
            #expect(matcher.text == text)
        }
    }

    @Test func `groups of different instances are never one on the instance's rung`() {
        var definition = AlertingDefinition()
        definition.instance.groupBy = [.type]
        let triage = triage(
            [Sample.failure(1, instance: 1), Sample.failure(2, instance: 2)],
            definition,
            rungs: [.instance],
        )
        #expect(triage.groups.count == 2)
        #expect(Set(triage.groups.values.map(\.instance)).count == 2)
    }
}
