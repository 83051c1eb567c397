import Definitions
import Embedding
import Model
import Testing

@Suite struct InstanceLifecycleTests {
    private let now = LeadSync.later

    private func told(_ result: Result<InstanceChange, Problem>) -> String {
        switch result {
        case .success(let change):
            "\(change.event?.rawValue ?? "-") \(change.instance.state.rawValue)"
        case .failure(let problem): problem.code ?? "?"
        }
    }

    /// What each state makes of each wish: the event and the new state, or the problem.
    @Test(arguments: [
        (
            Instance.State.created, "enabled enabled", "- created", "deleted deleted",
            "updated created",
        ),
        (.enabled, "- enabled", "disabled disabled", "deleted deleted", "updated enabled"),
        (.disabled, "enabled enabled", "- disabled", "deleted deleted", "updated disabled"),
        (.deleted, "B2502", "B2502", "- deleted", "B2502"),
    ])
    func `the table of states`(
        state: Instance.State,
        enabled: String,
        disabled: String,
        deleted: String,
        updated: String,
    ) throws {
        let version = try LeadSync.version()
        let instance = LeadSync.instance(state)
        let context = LeadSync.context
        #expect(
            told(
                InstanceLifecycle.enable(
                    instance,
                    on: version,
                    context,
                    at: now,
                    for: .partner,
                )
            ) == enabled
        )
        #expect(told(InstanceLifecycle.disable(instance, at: now)) == disabled)
        #expect(told(InstanceLifecycle.delete(instance, at: now)) == deleted)
        #expect(told(set(["list": "other"], instance, version)) == updated)
    }

    private func set(
        _ values: JSONObject,
        _ instance: Instance,
        _ version: SolutionVersion,
        by reader: Reader = .client,
    ) -> Result<InstanceChange, Problem> {
        InstanceLifecycle.setConfig(
            instance,
            on: version,
            values: values,
            LeadSync.context,
            at: now,
            by: reader,
            seal: LeadSync.seal,
        )
    }

    @Test func `a new instance is created, pinned and empty`() throws {
        let made = InstanceLifecycle.create(
            LeadSync.id,
            for: LeadSync.user,
            of: try LeadSync.version("2.1.0"),
            at: now,
        )
        #expect(made.event == .created)
        #expect(made.instance.state == .created)
        #expect(made.instance.version == "2.1.0")
        #expect(made.instance.config.isEmpty && made.instance.auth.isEmpty)
        #expect(made.instance.updatedAt == now)
    }

    @Test func `a change sets the time, and no change does not`() throws {
        let version = try LeadSync.version()
        let changed = try set(["list": "other"], LeadSync.instance(), version).get()
        #expect(changed.instance.updatedAt == now)
        let same = try set(["list": "news"], LeadSync.instance(), version).get()
        #expect(same.event == nil)
        #expect(same.instance == LeadSync.instance())
    }

    @Test func `a deleted instance forgets what it was configured with`() throws {
        let gone = try InstanceLifecycle.delete(LeadSync.instance(.enabled), at: now).get().instance
        #expect(gone.config.isEmpty && gone.secrets.isEmpty && gone.auth.isEmpty)
        #expect(gone.id == LeadSync.id)
    }

    /// Values given, who gives them, and what comes of it.
    @Test(
        arguments: [
            (["list": "xy"], Reader.client, "updated created"),
            (["list": "x"], .client, "B2504"),
            (["list": 5], .partner, "B2504"),
            (["nope": 5], .partner, "B2503"),
            (["region": "us"], .client, "B2503"),
            (["region": "us"], .partner, "updated created"),
            (["list": nil], .client, "updated created"),
            (["token": ["set": true]], .client, "- created"),
            (["list": ["set": true]], .client, "B2504"),
            (["token": "fresh"], .client, "updated created"),
            ([:], .client, "- created"),
        ] as [(JSONObject, Reader, String)]
    )
    func `who may set what`(values: JSONObject, reader: Reader, outcome: String) throws {
        let result = set(values, LeadSync.instance(), try LeadSync.version(), by: reader)
        #expect(told(result) == outcome)
    }

    @Test func `null takes a value away and leaves no null behind`() throws {
        let version = try LeadSync.version()
        let change = try set(["list": nil, "token": nil], LeadSync.instance(), version).get()
        #expect(change.instance.config.isEmpty)
        #expect(change.instance.secrets.isEmpty)
        #expect(change.instance.view(for: .client, of: version)["config"] == [:])
    }

    @Test func `a hidden slot is answered as one that does not exist`() throws {
        let version = try LeadSync.version()
        guard case .failure(let hidden) = set(["region": "us"], LeadSync.instance(), version),
            case .failure(let absent) = set(["rogion": "us"], LeadSync.instance(), version)
        else {
            Issue.record("accepted")
            return
        }
        var expected = absent
        expected.data = ["path": "/config/region"]
        #expect(hidden == expected)
    }

    @Test func `a secret is sealed and nothing else holds it`() throws {
        let change = try set(
            ["token": "hush-hush"],
            LeadSync.instance(),
            try LeadSync.version(),
        ).get()
        #expect(change.instance.secrets == ["token": "sealed(token)"])
        #expect(!JSONWriter.string(change.instance.json).contains("hush"))
    }

    @Test func `a refused secret is not quoted in the problem`() throws {
        let schema: JSONValue = ["enum": ["one-canary"], "const": "one-canary"]
        let slot = try LeadSync.slot("token", schema, secret: true)
        let version = try LeadSync.version(config: [slot])
        guard case .failure(let problem) = set(["token": "canary"], LeadSync.instance(), version)
        else {
            Issue.record("accepted")
            return
        }
        #expect(problem.code == "B2504")
        #expect(!JSONWriter.string(problem.json).contains("canary"))
    }

    @Test func `an enabled instance cannot be made incomplete`() throws {
        let version = try LeadSync.version()
        #expect(told(set(["list": nil], LeadSync.instance(.enabled), version)) == "B2505")
        #expect(told(set(["token": nil], LeadSync.instance(.enabled), version)) == "B2505")
        #expect(try told(fill("crm", nil, LeadSync.instance(.enabled))) == "B2505")
        #expect(try told(fill("crm", nil, LeadSync.instance(.disabled))) == "updated disabled")
    }

    @Test func `a connection that broke by itself does not keep settings from being changed`()
        throws
    {
        var context = LeadSync.context
        context.authentications = [LeadSync.authentication(1, state: .expired)]
        let result = InstanceLifecycle.setConfig(
            LeadSync.instance(.enabled),
            on: try LeadSync.version(),
            values: ["list": "other"],
            context,
            at: now,
            by: .client,
            seal: LeadSync.seal,
        )
        #expect(told(result) == "updated enabled")
    }

    private func fill(
        _ slot: String,
        _ id: ObjectID?,
        _ instance: Instance = LeadSync.instance(.disabled),
        by reader: Reader = .client,
    ) throws -> Result<InstanceChange, Problem> {
        var context = LeadSync.context
        context.authentications += [
            LeadSync.authentication(2, service: "erp"),
            LeadSync.authentication(3, owner: LeadSync.stranger),
            LeadSync.authentication(4, state: .expired), LeadSync.authentication(5),
            LeadSync.authentication(6, owner: nil, service: "mysql"),
        ]
        return InstanceLifecycle.setAuth(
            instance,
            on: try LeadSync.version(),
            slot: slot,
            to: id,
            context,
            at: now,
            by: reader,
        )
    }

    /// Slot, authentication, who, and what comes of it.
    @Test(
        arguments: [
            ("crm", 1, Reader.client, "- disabled"),
            ("crm", 5, .client, "updated disabled"),
            ("crm", 2, .client, "B2507"),
            ("crm", 3, .client, "B2508"),
            ("crm", 4, .client, "B2509"),
            ("crm", 6, .partner, "B2508"),
            ("crm", 77, .client, "B2508"),
            ("nope", 1, .partner, "B2506"),
            ("partner_db", 6, .client, "B2506"),
            ("partner_db", 6, .partner, "updated disabled"),
            ("partner_db", 1, .partner, "B2508"),
        ] as [(String, Int64, Reader, String)]
    )
    func `which connection fits where`(
        slot: String,
        number: Int64,
        reader: Reader,
        outcome: String,
    ) throws {
        let id = ObjectID(.authentication, rawValue: number)
        #expect(told(try fill(slot, id, by: reader)) == outcome)
    }

    @Test func `somebody else's connection is answered as one that does not exist`() throws {
        let foreign = try fill("crm", ObjectID(.authentication, rawValue: 3))
        let absent = try fill("crm", ObjectID(.authentication, rawValue: 77))
        #expect(foreign == absent)
    }

    @Test func `an instance stays with its solution`() throws {
        let other = try LeadSync.version(solution: "order-sync")
        #expect(told(set([:], LeadSync.instance(), other)) == "B2510")
    }

    @Test func `enabling is possible exactly when the slots have no fault`() throws {
        var outcomes: Set<Bool> = []
        for seed in 0..<600 as Range<UInt64> {
            var sample = Sample(seed: seed)
            let version = try sample.version()
            let user = sample.id(.endUser)
            var (instance, context) = sample.instance(of: version, user: user)
            if instance.state == .enabled { instance.state = .disabled }
            let isReady = SlotCheck(instance, on: version, context).isEmpty
            let result = InstanceLifecycle.enable(
                instance,
                on: version,
                context,
                at: now,
                for: .client,
            )
            #expect(told(result) == (isReady ? "enabled enabled" : "B2501"), "seed \(seed)")
            outcomes.insert(isReady)
        }
        #expect(outcomes.count == 2)
    }
}
