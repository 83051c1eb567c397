import Definitions
import Embedding
import Expressions
import Model
import Testing

/// Secrets are planted wherever one can stand; no reader may find one.
@Suite struct ClientViewTests {
    private static let canary = "canary-7f3a"
    private static let sealed = "Y2FuYXJ5-sealed"

    private func isClean(_ value: JSONValue?, _ hidden: [String] = []) -> Bool {
        guard let value else { return true }
        let text = JSONWriter.string(value)
        return ([Self.canary, Self.sealed] + hidden).allSatisfy { !text.contains($0) }
    }

    /// A problem with the secret in every member that is not written for a client.
    private func problem() -> Problem {
        var problem = Problem(.service, detail: Self.canary)
        problem.data = ["value": .string(Self.canary)]
        problem.response = ProblemResponse(
            status: 500,
            headers: ["x": .string(Self.canary)],
            body: .string(Self.canary),
        )
        problem.audience.support = Self.canary
        problem.cause = Problem(.request, detail: Self.canary)
        problem.path = Self.canary
        problem.connector = Self.canary
        return problem
    }

    private func version(_ sample: inout Sample) throws -> SolutionVersion {
        var definition = SolutionDefinition(name: "s", version: "1.0.0")
        for number in 0..<6 {
            let isSecret = sample.random.coin()
            let isHidden = isSecret ? sample.random.coin() : true
            let plant = JSONValue.string(Self.canary)
            definition.configSlots.append(
                ConfigSlot(
                    name: "slot\(number)",
                    schema: try JSONSchema(["examples": [plant], "default": plant]),
                    isRequired: sample.random.coin(),
                    isSecret: isSecret,
                    isHidden: isHidden,
                    defaultValue: sample.random.coin() ? plant : nil,
                )
            )
        }
        definition.authSlots = [AuthSlot(name: "own", service: "crm")]
        definition.authSlots.append(
            AuthSlot(name: "shared-\(Self.canary)", service: Self.canary, isShared: true)
        )
        return SolutionVersion(definition, digest: Sample.digest)
    }

    @Test func `no view of an instance or a version holds a secret`() throws {
        for seed in 0..<200 as Range<UInt64> {
            var sample = Sample(seed: seed)
            let version = try version(&sample)
            var instance = LeadSync.instance()
            instance.problem = problem()
            instance.config = [:]
            var context = SlotContext()
            for slot in version.configSlots {
                if slot.isSecret {
                    instance.secrets[slot.name] = Self.sealed
                    context.opened[slot.name] = .string(Self.canary)
                } else {
                    instance.config[slot.name] = .string(Self.canary)
                }
                if sample.random.coin() {
                    context.accountConfig[slot.name] = .string(Self.canary)
                }
            }
            instance.auth["shared-\(Self.canary)"] = ObjectID(.authentication, rawValue: 3)
            #expect(isClean(instance.view(for: .client, of: version)), "seed \(seed)")
            #expect(isClean(version.view(for: .client)), "seed \(seed)")
            let form = SlotView.json(of: instance, on: version, context, for: .client)
            #expect(isClean(form), "seed \(seed)")
            let check = SlotCheck(instance, on: version, context)
            #expect(isClean(check.json(for: .client)), "seed \(seed)")
            let plan = UpgradePlan(
                instance,
                from: version,
                to: version,
                context,
                at: LeadSync.later,
                for: .client,
                seal: LeadSync.seal,
            )
            #expect(isClean(plan.json(for: .client)), "seed \(seed)")
        }
    }

    @Test func `the partner reads no secret either`() throws {
        let slots = [
            try LeadSync.slot("token", secret: true, default: .string(Self.canary)),
            try LeadSync.slot("list"),
        ]
        let version = try LeadSync.version(config: slots)
        var instance = LeadSync.instance()
        instance.secrets = ["token": Self.sealed]
        let context = SlotContext(opened: ["token": .string(Self.canary)])
        let view = instance.view(for: .partner, of: version)
        #expect(isClean(view))
        #expect(view["config"] == ["token": ["set": true], "list": "news"])
        #expect(isClean(version.view(for: .partner)))
        #expect(isClean(SlotView.json(of: instance, on: version, context, for: .partner)))
    }

    @Test(arguments: Reader.allCases)
    func `credentials, hashes and keys are in no view`(reader: Reader) throws {
        var record = LeadSync.authentication(1)
        record.sealed = Self.sealed
        #expect(isClean(record.view(for: reader)))
        record.owner = nil
        #expect(isClean(record.view(for: reader)))
        #expect((record.view(for: .client)) == nil)
        let key = APIKey(
            id: ObjectID(.apiKey, rawValue: 1),
            name: "n",
            role: .admin,
            hash: Self.canary,
            createdAt: LeadSync.start,
        )
        #expect(isClean(key.view(for: reader)))
        let signing = try #require(
            SigningKey(
                id: ObjectID(.signingKey, rawValue: 1),
                algorithm: .hs256,
                material: .sealed(Self.sealed),
                createdAt: LeadSync.start,
            )
        )
        #expect(isClean(signing.view(for: reader)))
        let trigger = TriggerState(
            instance: LeadSync.id,
            workflow: "w",
            kind: .push,
            subscription: .init(id: "s", sealed: Self.sealed),
        )
        #expect(isClean(trigger.view(for: reader)))
    }

    @Test func `a client reads neither metadata nor technical detail nor the audit log`() {
        let user = EndUser(
            id: LeadSync.user,
            externalID: "cust-7",
            metadata: ["note": .string(Self.canary)],
            createdAt: LeadSync.start,
        )
        #expect(isClean(user.view(for: .client)))
        #expect(user.view(for: .partner) == user.json)
        let trigger = TriggerState(
            instance: LeadSync.id,
            workflow: "w",
            kind: .poll,
            cursor: .string(Self.canary),
        )
        #expect(isClean(trigger.view(for: .client)))
        let audit = AuditRecord(
            id: ObjectID(.audit, rawValue: 1),
            at: LeadSync.start,
            actor: Actor.adminToken.author,
            action: "a",
            target: .init(kind: "k", id: "i"),
        )
        #expect(audit.view(for: .client) == nil)
        #expect(audit.view(for: .partner) == audit.json)
    }

    @Test(arguments: [
        ("", "B2512"), ("a\u{7F}", "B2512"), (String(repeating: "é", count: 129), "B2512"),
        (String(repeating: "é", count: 128), nil), ("x", nil),
    ])
    func `the bounds of an external id`(text: String, code: String?) {
        let user = EndUser(id: LeadSync.user, externalID: text, createdAt: LeadSync.start)
        #expect(user.fault?.code == code)
    }

    @Test func `the bounds of metadata`() {
        var user = EndUser(id: LeadSync.user, externalID: "x", createdAt: LeadSync.start)
        user.metadata = ["m": .string(String(repeating: "x", count: (16 << 10) - 8))]
        #expect(user.fault == nil)
        user.metadata = ["m": .string(String(repeating: "x", count: (16 << 10) - 7))]
        #expect(user.fault?.code == "B2513")
    }
}
