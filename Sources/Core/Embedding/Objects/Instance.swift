import Definitions
import Model

/// One end user's configured copy of a solution, pinned to a version.
///
/// Secret config values are held sealed only; nothing here can open them.
package struct Instance: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// Made, and never enabled yet. Nothing runs.
        case created
        /// Its triggers are live.
        case enabled
        /// Switched off. Nothing starts.
        case disabled
        /// Gone for everybody; kept for the records that name it.
        case deleted
    }

    /// The name of one that nobody named.
    package static let defaultName = "default"

    package var id: ObjectID
    package var endUser: ObjectID
    /// The caller's own name for it: one end user may have several instances of a solution.
    package var name: String
    package var solution: String
    package var version: String
    package var state: State
    /// Values of the config slots that are not secret. None is null.
    package var config: JSONObject
    /// Sealed values of the secret config slots, as base 64 text.
    package var secrets: [String: String]
    /// The authentication in each auth slot that is filled.
    package var auth: [String: ObjectID]
    package var createdAt: Timestamp
    package var updatedAt: Timestamp
    /// What is wrong with one of its triggers.
    package var problem: Problem?

    package init(
        id: ObjectID,
        endUser: ObjectID,
        name: String = Instance.defaultName,
        solution: String,
        version: String,
        state: State = .created,
        config: JSONObject = JSONObject(),
        secrets: [String: String] = [:],
        auth: [String: ObjectID] = [:],
        createdAt: Timestamp,
        updatedAt: Timestamp? = nil,
        problem: Problem? = nil,
    ) {
        self.id = id
        self.endUser = endUser
        self.name = name
        self.solution = solution
        self.version = version
        self.state = state
        self.config = config
        self.secrets = secrets
        self.auth = auth
        self.createdAt = createdAt
        self.updatedAt = updatedAt ?? createdAt
        self.problem = problem
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["end_user"] = .id(endUser)
        object["name"] = .string(name)
        object["solution"] = .string(solution)
        object["version"] = .string(version)
        object["state"] = .string(state.rawValue)
        object["config"] = .object(config)
        object["secrets"] = .members(secrets, JSONValue.string)
        object["auth"] = .members(auth, JSONValue.id)
        object["created_at"] = .time(createdAt)
        object["updated_at"] = .time(updatedAt)
        object["problem"] = problem?.json
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.instance) }),
            let endUser = object.get("end_user", { $0.id(.endUser) }),
            let name = object.get("name", \.stringValue),
            let solution = object.get("solution", \.stringValue),
            let version = object.get("version", \.stringValue),
            let state = object.get("state", { $0.word(State.self) }),
            let config = object.get("config", \.objectValue),
            let secrets = object.get("secrets", { $0.map(\.stringValue) }),
            let auth = object.get("auth", { $0.map { $0.id(.authentication) } }),
            let createdAt = object.get("created_at", \.timeValue),
            let updatedAt = object.get("updated_at", \.timeValue),
            let problem = object.maybe("problem", Problem.init(json:))
        else { return nil }
        self.init(
            id: id,
            endUser: endUser,
            name: name,
            solution: solution,
            version: version,
            state: state,
            config: config,
            secrets: secrets,
            auth: auth,
            createdAt: createdAt,
            updatedAt: updatedAt,
            problem: problem,
        )
    }

    /// What may be read of it: a secret is `{"set": true}`; a client sees no hidden slot, nothing
    /// of a slot that the version does not have, and a problem in the client's words.
    ///
    /// - Parameter words: chooses the client's words for the problem.
    package func view(
        for reader: Reader,
        of version: SolutionVersion,
        words: (Problem) -> ClientProblem = { ClientProblem($0) },
    ) -> JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["end_user"] = .id(endUser)
        object["name"] = .string(name)
        object["solution"] = .string(solution)
        object["version"] = .string(self.version)
        object["state"] = .string(state.rawValue)
        var values = JSONObject()
        for slot in version.configSlots where slot.isVisible(to: reader) {
            if slot.isSecret {
                let isSet = secrets[slot.name] != nil || config[slot.name] != nil
                if isSet { values[slot.name] = ConfigSlot.mask }
            } else {
                values[slot.name] = config[slot.name]
            }
        }
        object["config"] = .object(values)
        let visible = version.authSlots.filter { $0.isVisible(to: reader) }.map(\.name)
        object["auth"] = .members(auth.filter { visible.contains($0.key) }, JSONValue.id)
        object["created_at"] = .time(createdAt)
        object["updated_at"] = .time(updatedAt)
        object["problem"] = reader == .client ? problem.map { words($0).json } : problem?.json
        return .object(object)
    }
}
