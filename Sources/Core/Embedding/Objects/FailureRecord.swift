import Model

/// That something failed, also what never became an execution.
package struct FailureRecord: JSONDocument {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case trigger, execution, authentication, schedule
    }

    package var id: ObjectID
    package var at: Timestamp
    package var kind: Kind
    package var instance: ObjectID?
    package var solution: String?
    package var version: String?
    package var workflow: String?
    package var user: ObjectID?
    package var problem: Problem

    package init(
        id: ObjectID,
        at: Timestamp,
        kind: Kind,
        instance: ObjectID? = nil,
        solution: String? = nil,
        version: String? = nil,
        workflow: String? = nil,
        user: ObjectID? = nil,
        problem: Problem,
    ) {
        self.id = id
        self.at = at
        self.kind = kind
        self.instance = instance
        self.solution = solution
        self.version = version
        self.workflow = workflow
        self.user = user
        self.problem = problem
    }

    package var json: JSONValue { .object(members(problem.json)) }

    private func members(_ problem: JSONValue) -> JSONObject {
        var object = JSONObject()
        object["id"] = .id(id)
        object["at"] = .time(at)
        object["kind"] = .string(kind.rawValue)
        object["instance"] = instance.map(JSONValue.id)
        object["solution"] = solution.map(JSONValue.string)
        object["version"] = version.map(JSONValue.string)
        object["workflow"] = workflow.map(JSONValue.string)
        object["user"] = user.map(JSONValue.id)
        object["problem"] = problem
        return object
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.failure) }),
            let at = object.get("at", \.timeValue),
            let kind = object.get("kind", { $0.word(Kind.self) }),
            let instance = object.maybe("instance", { $0.id(.instance) }),
            let solution = object.maybe("solution", \.stringValue),
            let version = object.maybe("version", \.stringValue),
            let workflow = object.maybe("workflow", \.stringValue),
            let user = object.maybe("user", { $0.id(.endUser) }),
            let problem = object.get("problem", Problem.init(json:))
        else { return nil }
        self.init(
            id: id,
            at: at,
            kind: kind,
            instance: instance,
            solution: solution,
            version: version,
            workflow: workflow,
            user: user,
            problem: problem,
        )
    }

    /// A client reads the problem in the client's words.
    package func view(for reader: Reader) -> JSONValue {
        reader == .client ? .object(members(problem.clientJSON)) : json
    }
}
