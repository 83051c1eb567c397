import Definitions
import Model

/// One version of a solution as it was deployed: what instances are pinned to.
///
/// Two are equal when their documents are.
package struct SolutionVersion: JSONDocument {
    /// One workflow of it, by reference: the store keeps its source under the digest.
    package struct Workflow: Sendable, Hashable {
        package var name: String
        package var digest: String
        /// `webhook schedule service alert call manual`
        package var trigger: String

        package init(name: String, digest: String, trigger: String) {
            self.name = name
            self.digest = digest
            self.trigger = trigger
        }
    }

    package var solution: String
    package var version: String
    package var title: String?
    package var authSlots: [AuthSlot]
    package var configSlots: [ConfigSlot]
    package var workflows: [Workflow]
    /// The instance alert workflow's name.
    package var alert: String?
    /// Words for problems.
    package var texts: TextBook
    /// Hex digest of all of the above.
    package private(set) var digest: String

    /// Takes what instances need from a loaded solution.
    /// - Parameter digest: hex SHA-256.
    package init(_ definition: SolutionDefinition, digest: ([UInt8]) -> String) {
        solution = definition.name
        version = definition.version
        title = definition.title
        authSlots = definition.authSlots
        configSlots = definition.configSlots
        workflows = definition.workflows.map {
            Workflow(name: $0.name, digest: $0.digest, trigger: $0.trigger.kind)
        }
        alert = definition.alert
        texts = definition.texts
        self.digest = ""
        self.digest = digest(JSONWriter.bytes(.object(content), sortedKeys: true))
    }

    package func authSlot(_ name: String) -> AuthSlot? { authSlots.first { $0.name == name } }

    package func configSlot(_ name: String) -> ConfigSlot? {
        configSlots.first { $0.name == name }
    }

    /// The names of the config slots whose values are secret.
    package var secretSlots: Set<String> { Set(configSlots.filter(\.isSecret).map(\.name)) }

    package static func == (left: SolutionVersion, right: SolutionVersion) -> Bool {
        left.json == right.json
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(solution)
        hasher.combine(version)
        hasher.combine(digest)
    }

    /// Slots and workflows stand in the order of their names: their order in the files is no
    /// content.
    var content: JSONObject {
        var object = JSONObject()
        object["solution"] = .string(solution)
        object["version"] = .string(version)
        object["title"] = title.map(JSONValue.string)
        object["auth"] = .array(authSlots.sorted { $0.name < $1.name }.map(\.json))
        object["config"] = .array(configSlots.sorted { $0.name < $1.name }.map(\.json))
        object["workflows"] = .array(workflows.sorted { $0.name < $1.name }.map(\.json))
        object["alert"] = alert.map(JSONValue.string)
        for (name, value) in texts.members(\.sourceJSON) { object[name] = value }
        return object
    }

    package var json: JSONValue {
        var object = content
        object["digest"] = .string(digest)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let solution = object.get("solution", \.stringValue),
            let version = object.get("version", \.stringValue),
            let title = object.maybe("title", \.stringValue),
            let authSlots = object.get("auth", { $0.list(AuthSlot.init(json:)) }),
            let configSlots = object.get("config", { $0.list(ConfigSlot.init(json:)) }),
            let workflows = object.get("workflows", { $0.list(Workflow.init(json:)) }),
            let alert = object.maybe("alert", \.stringValue),
            let texts = TextBook(members: object),
            let digest = object.get("digest", \.stringValue)
        else { return nil }
        self.solution = solution
        self.version = version
        self.title = title
        self.authSlots = authSlots
        self.configSlots = configSlots
        self.workflows = workflows
        self.alert = alert
        self.digest = digest
        self.texts = texts
    }

    /// A client sees what can be set up: neither hidden slots nor the partner's own connections,
    /// no workflow, no default of a secret.
    package func view(for reader: Reader) -> JSONValue {
        var object = reader == .client ? JSONObject() : content
        object["solution"] = .string(solution)
        object["version"] = .string(version)
        object["title"] = title.map(JSONValue.string)
        object["auth"] = .array(
            authSlots.filter { $0.isVisible(to: reader) }.map { $0.view(for: reader) }
        )
        object["config"] = .array(
            configSlots.filter { $0.isVisible(to: reader) }.map { $0.view(for: reader) }
        )
        if reader == .partner { object["digest"] = .string(digest) }
        return .object(object)
    }
}

extension SolutionVersion.Workflow {
    var json: JSONValue {
        [
            "name": .string(name), "digest": .string(digest), "trigger": .string(trigger),
        ]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.stringValue, let digest = json["digest"]?.stringValue,
            let trigger = json["trigger"]?.stringValue
        else { return nil }
        self.init(name: name, digest: digest, trigger: trigger)
    }
}
