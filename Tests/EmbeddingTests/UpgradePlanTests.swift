import Definitions
import Embedding
import Model
import Testing

@Suite struct UpgradePlanTests {
    private func plan(
        _ instance: Instance,
        _ new: SolutionVersion,
        given: UpgradePlan.Given = .init(),
        context: SlotContext = LeadSync.context,
    ) throws -> UpgradePlan {
        UpgradePlan(
            instance,
            from: try LeadSync.version(),
            to: new,
            given: given,
            context,
            at: LeadSync.later,
            seal: LeadSync.seal,
        )
    }

    private func lines(_ plan: UpgradePlan) -> [String] {
        plan.slots.map {
            "\($0.area.rawValue).\($0.name) \($0.change.rawValue) \($0.value.rawValue)"
        }
    }

    private func grown() throws -> SolutionVersion {
        try LeadSync.version(
            "2.0.0",
            config: [
                try LeadSync.slot("list", required: true),
                try LeadSync.slot("folder", required: true),
                try LeadSync.slot("mode", default: "fast"),
                try LeadSync.slot("region", ["type": "string"], hidden: true, default: "eu"),
            ],
            auth: [
                AuthSlot(name: "crm", service: "crm"), AuthSlot(name: "erp", service: "erp"),
            ],
        )
    }

    @Test func `the plan tells each slot`() throws {
        let plan = try plan(LeadSync.instance(.enabled), try grown())
        #expect(
            lines(plan) == [
                "config.list unchanged kept", "config.folder added missing",
                "config.mode added defaulted", "config.region changed defaulted",
                "auth.crm unchanged kept", "auth.erp added missing",
                "config.token removed dropped", "auth.partner_db removed none",
            ]
        )
        #expect(plan.missing.findings.map(\.pointer) == ["/config/folder", "/auth/erp"])
        #expect(plan.isBlocked)
        #expect(plan.outcome.problemCode == "B2511")
    }

    @Test func `what is missing can be given`() throws {
        var context = LeadSync.context
        let erp = LeadSync.authentication(8, service: "erp")
        context.authentications.append(erp)
        let given = UpgradePlan.Given(config: ["folder": "in"], auth: ["erp": erp.id])
        let plan = try plan(
            LeadSync.instance(.enabled),
            try grown(),
            given: given,
            context: context,
        )
        let change = try plan.outcome.get()
        #expect(change.event == .upgraded)
        #expect(change.instance.version == "2.0.0")
        #expect(change.instance.state == .enabled)
        #expect(change.instance.config == ["list": "news", "folder": "in"])
        #expect(change.instance.secrets.isEmpty)
        #expect(change.instance.updatedAt == LeadSync.later)
        #expect(lines(plan).contains("config.folder added given"))
        #expect(lines(plan).contains("auth.erp added given"))
    }

    @Test func `an instance that is off is upgraded with what is missing told`() throws {
        let plan = try plan(LeadSync.instance(.disabled), try grown())
        #expect(!plan.isBlocked)
        #expect(plan.missing.findings.count == 2)
        #expect(try plan.outcome.get().instance.state == .disabled)
    }

    @Test(arguments: [
        (UpgradePlan.Given(config: ["folder": "x"]), "B2504"),
        (UpgradePlan.Given(config: ["token": "abc"]), "B2503"),
        (
            UpgradePlan.Given(auth: ["partner_db": ObjectID(.authentication, rawValue: 1)]),
            "B2506",
        ),
        (UpgradePlan.Given(auth: ["crm": ObjectID(.authentication, rawValue: 55)]), "B2508"),
        (UpgradePlan.Given(auth: ["erp": ObjectID(.authentication, rawValue: 1)]), "B2507"),
    ])
    func `what is given has to fit the new version`(given: UpgradePlan.Given, code: String) throws {
        let plan = try plan(LeadSync.instance(.disabled), try grown(), given: given)
        #expect(plan.outcome.problemCode == code)
    }

    @Test func `the same version changes nothing, other content under its number does`() throws {
        let same = try plan(LeadSync.instance(.enabled), try LeadSync.version())
        #expect(same.isUnchanged && !same.isBlocked)
        #expect(try same.outcome.get().instance == LeadSync.instance(.enabled))
        let slots = try LeadSync.slots() + [try LeadSync.slot("more")]
        let other = try plan(LeadSync.instance(.enabled), try LeadSync.version(config: slots))
        #expect(try other.outcome.get().event == .upgraded)
    }

    @Test func `neither another solution nor a deleted instance is upgraded`() throws {
        let other = try LeadSync.version("2.0.0", solution: "order-sync")
        #expect(try plan(LeadSync.instance(), other).outcome.problemCode == "B2510")
        let gone = try plan(LeadSync.instance(.deleted), try LeadSync.version("2.0.0"))
        #expect(gone.outcome.problemCode == "B2502")
    }

    @Test func `a value that becomes secret is sealed, a secret does not become readable`() throws {
        let slots = [
            try LeadSync.slot("list", required: true, secret: true),
            try LeadSync.slot("token", required: true),
        ]
        let new = try LeadSync.version("2.0.0", config: slots)
        let plan = try plan(LeadSync.instance(.disabled), new)
        let after = try plan.outcome.get().instance
        #expect(after.config.isEmpty)
        #expect(after.secrets == ["list": "sealed(list)"])
        #expect(plan.missing.findings.map(\.pointer) == ["/config/token"])
    }

    @Test func `a connection of another service is taken out`() throws {
        let new = try LeadSync.version("2.0.0", auth: [AuthSlot(name: "crm", service: "other")])
        let plan = try plan(LeadSync.instance(.disabled), new)
        #expect(try plan.outcome.get().instance.auth.isEmpty)
        #expect(plan.missing.findings.map(\.fault.name) == ["not_connected"])
    }

    @Test func `there and back keeps every value of a slot that both versions have`() throws {
        for seed in 0..<400 as Range<UInt64> {
            var sample = Sample(seed: seed)
            let old = try sample.version(number: "1.0.0")
            let new = try sample.version(number: "2.0.0")
            var (instance, context) = sample.instance(of: old, user: sample.id(.endUser))
            if instance.state == .enabled { instance.state = .disabled }
            let there = UpgradePlan(
                instance,
                from: old,
                to: new,
                context,
                at: LeadSync.later,
                seal: LeadSync.seal,
            )
            let back = UpgradePlan(
                try there.outcome.get().instance,
                from: new,
                to: old,
                context,
                at: LeadSync.later,
                seal: LeadSync.seal,
            )
            let result = try back.outcome.get().instance
            #expect(result.version == instance.version && result.state == instance.state)
            for slot in old.configSlots {
                guard let other = new.configSlot(slot.name) else {
                    #expect(result.config[slot.name] == nil, "seed \(seed)")
                    #expect(result.secrets[slot.name] == nil, "seed \(seed)")
                    continue
                }
                guard other.isSecret == slot.isSecret else { continue }
                #expect(
                    result.config[slot.name] == instance.config[slot.name],
                    "seed \(seed)",
                )
                #expect(
                    result.secrets[slot.name] == instance.secrets[slot.name],
                    "seed \(seed)",
                )
            }
            for slot in old.authSlots where new.authSlot(slot.name)?.json == slot.json {
                #expect(result.auth[slot.name] == instance.auth[slot.name], "seed \(seed)")
            }
        }
    }

    @Test func `an enabled instance is never upgraded into a fault`() throws {
        var blocked = 0
        for seed in 0..<400 as Range<UInt64> {
            var sample = Sample(seed: seed)
            let old = try sample.version(number: "1.0.0")
            let new = try sample.version(number: "2.0.0")
            var (instance, context) = sample.instance(of: old, user: sample.id(.endUser))
            instance.state = .enabled
            let plan = UpgradePlan(
                instance,
                from: old,
                to: new,
                context,
                at: LeadSync.later,
                seal: LeadSync.seal,
            )
            #expect(plan.isBlocked == !plan.missing.isEmpty, "seed \(seed)")
            #expect(
                Set(plan.slots.filter { $0.value == .missing }.map(\.name))
                    == Set(plan.missing.findings.map(\.slot)),
                "seed \(seed)",
            )
            if plan.isBlocked { blocked += 1 }
        }
        #expect(blocked > 20 && blocked < 380)
    }

    @Test func `many plans come down to a few numbers`() throws {
        let new = try grown()
        let plans = [
            try plan(LeadSync.instance(.enabled), new),
            try plan(LeadSync.instance(.disabled), new),
            try plan(LeadSync.instance(.enabled), try LeadSync.version()),
        ]
        let summary = UpgradeSummary(plans)
        #expect(
            summary.text == """
                3 instances: 1 to upgrade, 1 up to date, 1 blocked.
                  /auth/erp: missing or wrong in 2
                  /config/folder: missing or wrong in 2

                """
        )
        let blocked = summary.json["blocked_instances"]
        #expect(blocked?.arrayValue?.count == 1)
        #expect(blocked?[0]?["instance"]?.stringValue == LeadSync.id.description)
        #expect(blocked?[0]?["missing"] == ["/config/folder", "/auth/erp"])
        #expect(summary.json["slots"]?["/config/folder"]?["change"] == "added")
        #expect(summary.json["slots"]?["/config/folder"]?["values"] == ["missing": 2])
        #expect(summary.json["total"] == 3)
    }
}
