import Definitions
import Embedding
import Model
import Testing

@Suite struct AuditRedactionTests {
    @Test func `secrets are masked by their slots and by their names, at any depth`() throws {
        let redaction = AuditRedaction(try LeadSync.version())
        let value: JSONValue = [
            "config": ["token": "hush", "list": "news", "deep": [["token": ["a": "hush"]]]],
            "password": "hush", "headers": ["X-Api-Key": "hush"], "sealed": "hush",
            "hash": "hush", "secrets": ["x": "hush"], "client_secret": nil,
        ]
        #expect(
            redaction.redact(value) == [
                "config": [
                    "token": ["set": true], "list": "news",
                    "deep": [["token": ["set": true]]],
                ],
                "password": "[redacted]", "headers": ["X-Api-Key": "[redacted]"],
                "sealed": "[redacted]", "hash": "[redacted]", "secrets": "[redacted]",
                "client_secret": nil,
            ]
        )
    }

    @Test func `a record says that a secret changed and not what it was`() throws {
        let redaction = AuditRedaction(secretSlots: ["pin"])
        let sides = redaction.sides(
            before: ["pin": 1, "sealed": "a", "name": "x", "list": [["password": "a"]]],
            after: ["pin": 2, "sealed": "b", "name": "y", "list": [["password": "b"]]],
        )
        #expect(
            sides.before == [
                "pin": ["set": true], "sealed": "[redacted]", "name": "x",
                "list": [["password": "[redacted]"]],
            ]
        )
        #expect(
            sides.after == [
                "pin": ["set": true, "changed": true], "sealed": "[redacted, changed]",
                "name": "y", "list": [["password": "[redacted, changed]"]],
            ]
        )
    }

    @Test func `what did not change and what is new are not marked`() {
        let redaction = AuditRedaction(secretSlots: ["pin"])
        let sides = redaction.sides(before: ["pin": 1], after: ["pin": 1, "token": "t"])
        #expect(sides.after == ["pin": ["set": true], "token": "[redacted]"])
        #expect(redaction.sides(before: nil, after: ["pin": 1]).before == nil)
    }

    @Test func `no document leaves a sealed text or a hash behind`() throws {
        for seed in 0..<100 as Range<UInt64> {
            var sample = Sample(seed: seed)
            let version = try sample.version()
            var (instance, _) = sample.instance(of: version, user: sample.id(.endUser))
            for slot in version.configSlots where slot.isSecret {
                instance.secrets[slot.name] = "canary"
                // As an older version may have left it, or as a request brings it.
                instance.config[slot.name] = "canary"
            }
            var record = sample.authentication(owner: nil)
            record.sealed = "canary"
            let all: JSONValue = [instance.json, record.json]
            let text = JSONWriter.string(AuditRedaction(version).redact(all))
            #expect(!text.contains("canary"), "seed \(seed)")
        }
    }
}
