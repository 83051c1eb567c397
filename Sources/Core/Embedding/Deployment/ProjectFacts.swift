import Definitions
import Model

/// What a deployment is made of, as one document that can be compared: solutions, connectors,
/// account workflows and the account's settings. Secrets are in it by reference only.
package struct ProjectFacts: JSONDocument {
    /// A connector or an account workflow, by its digest and what is worth showing of it.
    package struct Part: Sendable, Hashable {
        package var name: String
        package var digest: String
        package var facts: JSONObject

        package init(name: String, digest: String, facts: JSONObject) {
            self.name = name
            self.digest = digest
            self.facts = facts
        }
    }

    package var account: JSONObject
    package var solutions: [SolutionVersion]
    package var connectors: [Part]
    package var alerts: [Part]

    /// Nothing is deployed yet.
    package init() {
        account = JSONObject()
        solutions = []
        connectors = []
        alerts = []
    }

    /// - Parameter digest: hex SHA-256.
    package init(_ project: ProjectDefinition, digest: ([UInt8]) -> String) {
        account = project.account.facts
        solutions = project.solutions.map { SolutionVersion($0, digest: digest) }
        connectors = project.connectors.map {
            Part(name: $0.name, digest: $0.digest, facts: $0.facts)
        }
        alerts = project.alerts.map {
            Part(
                name: $0.name,
                digest: $0.digest,
                facts: JSONObject(
                    [
                        ("trigger", JSONValue.string($0.trigger.kind)),
                        ("title", $0.title.map(JSONValue.string) ?? .null),
                    ].filter { !$0.1.isNull }
                ),
            )
        }
    }

    package var json: JSONValue {
        [
            "account": .object(account), "solutions": .array(solutions.map(\.json)),
            "connectors": .array(connectors.map(\.json)), "alerts": .array(alerts.map(\.json)),
        ]
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let account = object.get("account", \.objectValue),
            let solutions = object.get("solutions", { $0.list(SolutionVersion.init(json:)) }),
            let connectors = object.get("connectors", { $0.list(Part.init(json:)) }),
            let alerts = object.get("alerts", { $0.list(Part.init(json:)) })
        else { return nil }
        self.account = account
        self.solutions = solutions
        self.connectors = connectors
        self.alerts = alerts
    }
}

extension ProjectFacts.Part {
    var json: JSONValue {
        ["name": .string(name), "digest": .string(digest), "facts": .object(facts)]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.stringValue, let digest = json["digest"]?.stringValue,
            let facts = json["facts"]?.objectValue
        else { return nil }
        self.init(name: name, digest: digest, facts: facts)
    }
}
