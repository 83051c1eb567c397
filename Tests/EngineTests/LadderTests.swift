import Alerting
import ConnectorKit
import Embedding
import Engine
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

/// What fails climbs to who can act, and nothing is lost on the way.
@Suite(.timeLimit(.minutes(2))) struct LadderTests {
    static let solution = "solution: s\nversion: 1.0.0\nalert: tell-client\n"
    static let account = "alert: tell-support\nalerting: { account: { group_wait: 0s } }\n"
    static let failing = """
        workflow: w
        trigger: manual
        steps:
          - { id: a, run: test.do, with: { who: workflow }, retry: { times: 0 } }
        """
    static let tellClient = """
        workflow: tell-client
        trigger: { alert: instance }
        steps:
          - { run: test.do, with: { who: instance, trigger: "${ $trigger }", me: "${ $instance }" }, retry: { times: 0 } }
        """
    static let tellSupport = """
        workflow: tell-support
        trigger: { alert: account }
        steps:
          - { run: test.do, with: { who: account, trigger: "${ $trigger }" }, retry: { times: 0 } }
        """

    /// Fails for those that are named.
    final class Failing: Sendable {
        let names: Mutex<Set<String>>
        init(_ names: Set<String>) { self.names = Mutex(names) }
        func mend(_ name: String) { names.withLock { _ = $0.remove(name) } }
        var connector: TestConnector {
            TestConnector { [self] call in
                let who = call.input["who"]?.stringValue ?? ""
                if names.withLock({ $0.contains(who) }) {
                    throw Problem(.request, detail: "\(who) does not work")
                }
                return call.input
            }
        }
    }

    static func embedded(
        _ connector: TestConnector,
        solution: String = solution,
        account: String = account,
        workflows: [String: String] = [:],
    ) -> Embedded {
        var all = ["w": failing, "tell-client": tellClient]
        for (name, text) in workflows { all[name] = text }
        var embedded = Embedded(
            solution: solution,
            workflows: all,
            account: account,
            connectors: [connector],
        )
        embedded.alerts = ["tell-support": tellSupport]
        embedded.configuration.alertHide = TimeSpan(milliseconds: 300)
        return embedded
    }

    /// Starts the failing workflow of a new instance.
    static func fail(_ engine: Engine, _ workflow: String = "w") async throws -> Instance {
        let made = try await engine.newInstance("ada")
        let instance = try await engine.directory.enableInstance(made.id, by: .adminToken)
        let request = try await engine.directory.start(
            instance,
            workflow: workflow,
            trigger: ["input": nil],
        )
        _ = try await engine.start(request)
        return instance
    }

    /// The alerts, once there are so many and each has come to rest.
    static func alerts(_ engine: Engine, _ count: Int) async throws -> [Alert] {
        while true {
            let alerts = try await engine.directory.alerts(
                state: nil,
                issue: nil,
                instance: nil,
                after: nil,
                limit: 100,
                by: .adminToken,
            )
            let isAtRest = alerts.allSatisfy { $0.state != .pending && $0.state != .running }
            if alerts.count >= count, isAtRest { return alerts }
            await Task.yield()
        }
    }

    static func told(_ connector: TestConnector) -> [String] {
        connector.inputs.compactMap { $0["who"]?.stringValue }.filter { $0 != "workflow" }
    }

    @Test func `the instance's alert workflow is told, as the instance, and nobody else`()
        async throws
    {
        let connector = Failing(["workflow"]).connector
        try await Self.embedded(connector).run(vault: Embedded.vault()) { engine in
            let instance = try await Self.fail(engine)
            let alert = try await Self.alerts(engine, 1)[0]
            #expect(alert.state == .delivered && alert.rung == .instance)
            #expect(Self.told(connector) == ["instance"])
            let input = try #require(connector.inputs.last)
            #expect(input["me"]?["id"] == .string(instance.id.description))
            let trigger = input["trigger"]
            #expect(trigger?["user"] == "ada")
            #expect(trigger?["solution"] == "s")
            #expect(trigger?["workflow"] == "w")
            #expect(trigger?["error"]?["step"] == "a")
            #expect(trigger?["error"]?["detail"] == "workflow does not work")
            #expect(trigger?["event"] == .string(alert.id.description))
            #expect(trigger?["tray"]?["message"] == "workflow does not work")
            let failures = try await engine.directory.failures(
                Directory.FailureFilter(),
                after: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(failures.count == 1)
            #expect(trigger?["failure"] == (failures.first?.id.description).map(JSONValue.string))
            #expect(failures.first?.disposition != nil)
        }
    }

    @Test func `an alert workflow that fails hands over to the account's`() async throws {
        let connector = Failing(["workflow", "instance"]).connector
        try await Self.embedded(connector).run(vault: Embedded.vault()) { engine in
            _ = try await Self.fail(engine)
            let alert = try await Self.alerts(engine, 1)[0]
            #expect(alert.state == .delivered && alert.rung == .account)
            #expect(alert.history.map(\.workflow) == ["s/tell-client"])
            #expect(Self.told(connector) == ["instance", "account"])
            let trigger = connector.inputs.last?["trigger"]
            #expect(trigger?["error"]?["detail"] == "workflow does not work")
            #expect(trigger?["escalated_from"]?["workflow"] == "s/tell-client")
            let from = trigger?["escalated_from"]?["error"]
            #expect(from?["detail"] == "instance does not work")
        }
    }

    @Test func `when nobody can be told it is a dead letter, and can be sent again`() async throws {
        let failing = Failing(["workflow", "instance", "account"])
        let connector = failing.connector
        try await Self.embedded(connector).run(vault: Embedded.vault()) { engine in
            _ = try await Self.fail(engine)
            let dead = try await Self.alerts(engine, 1)[0]
            #expect(dead.state == .deadLetter)
            #expect(dead.history.map(\.rung) == [.instance, .account])
            #expect(Self.told(connector) == ["instance", "account"])
            failing.mend("account")
            _ = try await engine.directory.resendAlert(dead.id, by: .adminToken)
            let sent = try await Self.alerts(engine, 1)[0]
            #expect(sent.id == dead.id && sent.state == .delivered)
            #expect(Self.told(connector) == ["instance", "account", "instance", "account"])
            let records = try await engine.directory.auditRecords(
                of: dead.id.description,
                before: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(records.map(\.action) == ["alert.resend"])
            let again = await #expect(throws: Problem.self) {
                try await engine.directory.dismissAlert(dead.id, by: .adminToken)
            }
            #expect(again?.code == "B3064")
        }
    }

    @Test func `without alert workflows a failure is a dead letter that can be dismissed`()
        async throws
    {
        let connector = Failing(["workflow"]).connector
        let embedded = Self.embedded(
            connector,
            solution: "solution: s\nversion: 1.0.0\n",
            account: "",
        )
        try await embedded.run(vault: Embedded.vault()) { engine in
            _ = try await Self.fail(engine)
            let dead = try await Self.alerts(engine, 1)[0]
            #expect(dead.state == .deadLetter && dead.history.isEmpty)
            let resend = await #expect(throws: Problem.self) {
                try await engine.directory.resendAlert(dead.id, by: .adminToken)
            }
            #expect(resend?.code == "B3063")
            let gone = try await engine.directory.dismissAlert(dead.id, by: .adminToken)
            #expect(gone.state == .dismissed)
        }
    }

    @Test func `what an alert workflow starts never alerts back into it`() async throws {
        let calling = """
            workflow: tell-client
            trigger: { alert: instance }
            steps:
              - { run: test.do, with: { who: instance } }
              - { call: { workflow: helper, wait: false } }
            """
        let helper = """
            workflow: helper
            trigger: call
            steps:
              - { run: test.do, with: { who: helper }, retry: { times: 0 } }
            """
        let connector = Failing(["workflow", "helper"]).connector
        let embedded = Self.embedded(
            connector,
            workflows: ["tell-client": calling, "helper": helper],
        )
        try await embedded.run(vault: Embedded.vault()) { engine in
            _ = try await Self.fail(engine)
            let alerts = try await Self.alerts(engine, 2)
            #expect(alerts.allSatisfy { $0.state == .delivered })
            #expect(alerts.map(\.rung).sorted() == [.instance, .account])
            #expect(Self.told(connector) == ["instance", "helper", "account"])
        }
    }

    @Test func `a called workflow's failure is told once, by the caller that waits for it`()
        async throws
    {
        let calling = """
            workflow: outer
            trigger: manual
            steps:
              - { call: { workflow: inner } }
            """
        let inner = """
            workflow: inner
            trigger: call
            steps:
              - { run: test.do, with: { who: workflow }, retry: { times: 0 } }
            """
        let connector = Failing(["workflow"]).connector
        let embedded = Self.embedded(connector, workflows: ["outer": calling, "inner": inner])
        try await embedded.run(vault: Embedded.vault()) { engine in
            _ = try await Self.fail(engine, "outer")
            _ = try await Self.alerts(engine, 1)
            let failures = try await engine.directory.failures(
                Directory.FailureFilter(),
                after: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(failures.map(\.workflow) == ["outer"])
            #expect(failures.first?.problem.cause?.detail == "workflow does not work")
        }
    }

    @Test func `somebody who cancels is told nothing`() async throws {
        let gate = Gate()
        let connector = TestConnector { call in
            await gate.pass()
            return call.input
        }
        try await Self.embedded(connector).run(vault: Embedded.vault()) { engine in
            let made = try await engine.newInstance("ada")
            let instance = try await engine.directory.enableInstance(made.id, by: .adminToken)
            var request = try await engine.directory.start(
                instance,
                workflow: "w",
                trigger: ["input": nil],
            )
            request.awaitsResult = true
            let id = try await engine.start(request).id
            await gate.arrivals(1)
            _ = try await engine.cancel(id, by: "test")
            #expect(try await engine.end(of: id).outcome?.reason == .cancelled)
            gate.open()
            let failures = try await engine.directory.failures(
                Directory.FailureFilter(),
                after: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(failures.isEmpty)
        }
    }
}
