import Definitions
import Embedding
import Model
import Testing

@Suite struct SlotCheckTests {
    private func faults(
        _ instance: Instance,
        _ context: SlotContext = LeadSync.context,
        config: [ConfigSlot]? = nil,
    ) throws -> [String] {
        let version = try LeadSync.version(config: config)
        return SlotCheck(instance, on: version, context).findings.map {
            "\($0.pointer) \($0.fault.name)"
        }
    }

    @Test func `a filled instance has no fault`() throws {
        #expect(try faults(LeadSync.instance()).isEmpty)
    }

    @Test func `required values and connections are missed`() throws {
        var instance = LeadSync.instance()
        instance.config = [:]
        instance.secrets = [:]
        instance.auth = [:]
        #expect(
            try faults(instance, SlotContext()) == [
                "/config/list missing", "/config/token missing", "/auth/crm not_connected",
                "/auth/partner_db not_connected",
            ]
        )
    }

    @Test func `a null is no value`() throws {
        var context = LeadSync.context
        context.accountConfig = ["list": nil]
        var instance = LeadSync.instance()
        instance.config = [:]
        #expect(try faults(instance, context) == ["/config/list missing"])
    }

    @Test func `the account's value and the default fill a slot`() throws {
        var context = LeadSync.context
        context.accountConfig = ["list": "all"]
        var instance = LeadSync.instance()
        instance.config = [:]
        #expect(try faults(instance, context).isEmpty)
        let slots = [try LeadSync.slot("list", required: true, default: "std")]
        #expect(try faults(instance, config: slots).isEmpty)
    }

    @Test func `a value that does not match is told with its place`() throws {
        let schema: JSONValue = [
            "type": "object", "properties": ["rows": ["type": "integer"]],
        ]
        var instance = LeadSync.instance()
        instance.config["list"] = ["rows": "many"]
        let version = try LeadSync.version(config: [try LeadSync.slot("list", schema)])
        let check = SlotCheck(instance, on: version, LeadSync.context)
        guard case .invalid(let violations)? = check.findings.first?.fault else {
            Issue.record("no violation")
            return
        }
        #expect(violations.map(\.instance) == ["/config/list/rows"])
    }

    @Test func `an opened secret is checked and never quoted`() throws {
        var context = LeadSync.context
        context.opened = ["token": "7"]
        let version = try LeadSync.version()
        let check = SlotCheck(LeadSync.instance(), on: version, context)
        #expect(check.findings.map(\.fault.name) == ["invalid"])
        guard case .invalid(let violations)? = check.findings.first?.fault else { return }
        #expect(violations.map(\.message) == ["the value does not match"])
    }

    @Test(arguments: [
        (LeadSync.authentication(1, service: "erp"), "wrong_service"),
        (LeadSync.authentication(1, owner: LeadSync.stranger), "unusable"),
        (LeadSync.authentication(1, owner: nil), "unusable"),
        (LeadSync.authentication(99), "unusable"),
        (LeadSync.authentication(1, state: .expired), "broken"),
        (
            LeadSync.authentication(1, state: .broken(.authorization, since: LeadSync.start)),
            "broken",
        ),
    ])
    func `an authentication that does not fit`(record: AuthenticationRecord, fault: String) throws {
        var context = LeadSync.context
        context.authentications = [record]
        #expect(try faults(LeadSync.instance(), context) == ["/auth/crm \(fault)"])
    }

    @Test func `a shared slot takes a stored shared authentication of its name`() throws {
        var context = LeadSync.context
        context.accountAuthentications = []
        #expect(
            try faults(LeadSync.instance(), context) == ["/auth/partner_db not_connected"]
        )
        let own = LeadSync.authentication(2, service: "mysql", name: "partner_db")
        context.authentications.append(own)
        #expect(
            try faults(LeadSync.instance(), context) == ["/auth/partner_db not_connected"]
        )
        let shared = LeadSync.authentication(3, owner: nil, service: "mysql", name: "partner_db")
        context.authentications.append(shared)
        #expect(try faults(LeadSync.instance(), context).isEmpty)
    }

    @Test func `a client hears of hidden slots only that something is left`() throws {
        let slots = [
            try LeadSync.slot("region", required: true, hidden: true),
            try LeadSync.slot("list", required: true),
        ]
        var instance = LeadSync.instance()
        instance.config = [:]
        let check = SlotCheck(
            instance,
            on: try LeadSync.version(config: slots),
            LeadSync.context,
        )
        #expect(
            check.json(for: .client) == [
                "slots": [["path": "/config/list", "fault": "missing"]], "others": true,
            ]
        )
        #expect(check.json(for: .partner)["slots"]?.arrayValue?.count == 2)
    }

    @Test func `the configuration is default, then account, then instance`() throws {
        let slots = [
            try LeadSync.slot("a", default: "default"), try LeadSync.slot("b", default: "default"),
            try LeadSync.slot("c", default: "default"), try LeadSync.slot("s", secret: true),
        ]
        var instance = LeadSync.instance()
        instance.config = ["c": "instance", "gone": "instance"]
        instance.secrets = ["s": "sealed"]
        var context = SlotContext(accountConfig: ["b": "account", "c": "account", "x": 1])
        context.opened = ["s": "hush-hush"]
        let version = try LeadSync.version(config: slots)
        #expect(
            EffectiveConfig.values(of: instance, on: version, context) == [
                "a": "default", "b": "account", "c": "instance", "x": 1, "s": "hush-hush",
            ]
        )
        #expect(EffectiveConfig.secrets(of: instance, on: version, context) == ["hush-hush"])
    }

    @Test func `the form of a client has no hidden slot and no value of the partner`() throws {
        let version = try LeadSync.version()
        var context = LeadSync.context
        context.accountConfig = ["list": "internal"]
        var instance = LeadSync.instance()
        instance.config = [:]
        let form = SlotView.json(of: instance, on: version, context, for: .client)
        #expect(form["config"]?.arrayValue?.compactMap { $0["name"] } == ["list", "token"])
        #expect(form["config"]?[0]?["value"] == ["set": true])
        #expect(form["config"]?[0]?["from"] == "account")
        #expect(form["config"]?[1]?["value"] == ["set": true])
        #expect(form["auth"]?.arrayValue?.compactMap { $0["name"] } == ["crm"])
        let full = SlotView.json(of: instance, on: version, context, for: .partner)
        #expect(full["config"]?[0]?["value"] == "internal")
        #expect(full["config"]?[2]?["value"] == "eu")
        #expect(SlotView.settable(version, by: .client).map(\.name) == ["list", "token"])
    }
}
