import Definitions
import Embedding
import Expressions
import Model

/// Random objects of every kind.
struct Sample {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    /// Not a digest one would ship, but equal for equal bytes and most likely for these only.
    static func digest(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    mutating func id(_ kind: ObjectID.Kind) -> ObjectID {
        ObjectID(kind, rawValue: Int64.random(in: 0...Int64.max, using: &random))
    }

    mutating func endUser() -> EndUser {
        EndUser(
            id: id(.endUser),
            externalID: "u" + random.text(),
            name: random.maybe { $0.text() },
            metadata: random.object(),
            createdAt: random.time(),
        )
    }

    mutating func problem() -> Problem {
        var problem = Problem(
            random.pick(ProblemType.allCases),
            detail: random.maybe { $0.text() },
            code: random.maybe { _ in "B2501" },
        )
        problem.data = random.maybe { $0.value() }
        problem.ids = random.object(depth: 0)
        problem.occurredAt = random.maybe { $0.time() }
        return problem
    }

    /// Slots named from a small pool, so that two versions share some.
    mutating func version(
        solution: String = "sync",
        number: String? = nil,
    ) throws
        -> SolutionVersion
    {
        let names = ["alpha", "beta", "gamma", "delta", "epsilon"]
        let configSlots = try names.filter { _ in random.coin() }.map { try configSlot($0) }
        let authSlots = ["crm", "erp", "db"].filter { _ in random.coin() }.map {
            AuthSlot(
                name: $0,
                service: random.pick([$0, "other"]),
                isShared: random.number(0...3) == 0,
            )
        }
        var definition = SolutionDefinition(
            name: solution,
            version: number ?? "1.\(random.number(0...9)).\(random.number(0...9))",
            title: random.maybe { $0.text() },
            authSlots: authSlots,
            configSlots: configSlots,
            alert: random.maybe { _ in "tell" },
        )
        if random.coin() {
            for language in [TextBook.unnamed, "de", "pt-br"] where random.coin() {
                for kind in ProblemText.allCases where random.coin() {
                    definition.texts.pages[language, default: [:]][kind] = [
                        .authentication: try Template.compile(
                            .string("Your ${ $service } has expired, $${really}")
                        )
                    ]
                }
            }
        }
        definition.workflows = ["one", "two"].filter { _ in random.coin() }.map {
            WorkflowDefinition(
                name: $0,
                trigger: .manual(input: nil),
                steps: [],
                nodeCount: 0,
                digest: "d\(random.number(0...3))",
            )
        }
        return SolutionVersion(definition, digest: Self.digest)
    }

    mutating func configSlot(_ name: String) throws -> ConfigSlot {
        let type = random.pick(["string", "integer"])
        let schema: JSONValue =
            type == "string" ? ["type": "string", "maxLength": 8] : ["type": "integer"]
        return ConfigSlot(
            name: name,
            schema: try JSONSchema(schema),
            title: random.maybe { $0.text() },
            isRequired: random.coin(),
            isSecret: random.number(0...2) == 0,
            isHidden: random.number(0...2) == 0,
            defaultValue: random.number(0...3) == 0 ? (type == "string" ? "dflt" : 7) : nil,
        )
    }

    /// An instance whose slots are filled by chance, mostly with what fits.
    mutating func instance(
        of version: SolutionVersion,
        user: ObjectID,
    ) -> (
        Instance, SlotContext
    ) {
        var instance = Instance(
            id: id(.instance),
            endUser: user,
            solution: version.solution,
            version: version.version,
            state: random.pick([.created, .disabled, .enabled]),
            createdAt: random.time(),
            updatedAt: random.time(),
            problem: random.number(0...4) == 0 ? problem() : nil,
        )
        var context = SlotContext()
        for slot in version.configSlots where random.number(0...4) > 0 {
            let isText = slot.schema.source["type"] == "string"
            let fits = random.number(0...5) > 0
            let value: JSONValue = isText == fits ? "text" : 42
            if slot.isSecret {
                instance.secrets[slot.name] = "sealed-\(random.number(0...9))"
                if random.coin() { context.opened[slot.name] = value }
            } else {
                instance.config[slot.name] = value
            }
        }
        if random.coin() { context.accountConfig["alpha"] = "text" }
        for slot in version.authSlots where random.number(0...4) > 0 {
            if slot.isShared, random.coin() {
                context.accountAuthentications.insert(slot.name)
                continue
            }
            var record = authentication(owner: slot.isShared ? nil : user)
            record.service = slot.service
            record.state = .healthy
            switch random.number(0...11) {
            case 0: record.service = "elsewhere"
            case 1: record.owner = id(.endUser)
            case 2: record.state = .expired
            case 3: record.state = .broken(.authorization, since: random.time())
            default: break
            }
            instance.auth[slot.name] = record.id
            if random.number(0...11) > 0 { context.authentications.append(record) }
        }
        return (instance, context)
    }

    mutating func authentication(owner: ObjectID?) -> AuthenticationRecord {
        AuthenticationRecord(
            id: id(.authentication),
            owner: owner,
            service: random.text(),
            name: random.text(),
            kind: random.pick(AuthenticationRecord.Kind.allCases),
            sealed: Base64.encoded(Array(random.text().utf8)),
            expiresAt: random.maybe { $0.time() },
            state: random.pick([
                .healthy, .expired, .broken(.authentication, since: random.time()),
            ]),
            generation: random.number(0...1_000_000),
        )
    }

    mutating func trigger() -> TriggerState {
        TriggerState(
            instance: id(.instance),
            workflow: random.text(),
            kind: random.pick(TriggerState.Kind.allCases),
            cursor: random.maybe { $0.value() },
            lastDue: random.maybe { $0.time() },
            nextDue: random.maybe { $0.time() },
            running: random.maybe {
                ExecutionID(rawValue: Int64.random(in: 0...Int64.max, using: &$0))
            },
            consecutiveFailures: random.number(0...99),
            subscription: random.maybe {
                TriggerState.Subscription(
                    id: $0.text(),
                    expiresAt: $0.maybe { $0.time() },
                    sealed: $0.maybe { $0.text() },
                )
            },
        )
    }

    mutating func audit() -> AuditRecord {
        AuditRecord(
            id: id(.audit),
            at: random.time(),
            actor: .init(
                kind: random.pick(Actor.Kind.allCases),
                id: random.text(),
                role: random.pick(Role.allCases),
            ),
            action: random.text(),
            target: .init(kind: random.text(), id: random.text()),
            before: random.maybe { $0.value() },
            after: random.maybe { $0.value() },
        )
    }

    mutating func apiKey() -> APIKey {
        APIKey(
            id: id(.apiKey),
            name: random.text(),
            role: random.pick(Role.allCases),
            hash: random.text(),
            createdAt: random.time(),
            revokedAt: random.maybe { $0.time() },
        )
    }

    mutating func signingKey() -> SigningKey? {
        let algorithm = random.pick(SigningKey.Algorithm.allCases)
        let text = random.text()
        return SigningKey(
            id: id(.signingKey),
            algorithm: algorithm,
            material: algorithm == .hs256 ? .sealed(text) : .publicKey(text),
            issuer: random.maybe { $0.text() },
            createdAt: random.time(),
        )
    }
}
