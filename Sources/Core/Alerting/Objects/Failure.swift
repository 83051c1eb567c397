import Embedding
import Model

/// The record that something failed terminally: an execution, or what never became one.
///
/// It is written in the transaction of what failed, and is due from then on: triage takes it, gives
/// it its one disposition, and takes its due time away. So no failure is without its alert.
package struct Failure: JSONDocument {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case execution
        /// A poll, or what a service pushed.
        case trigger
        /// A run that was missed or is overdue.
        case schedule
        /// A service that would not be subscribed to.
        case subscription
        /// A credential that expired, or that its service refuses.
        case authentication
        /// A connection whose service is out of order.
        case connection
        /// The execution of an alert workflow.
        case alert
        /// Backstop itself.
        case engine
    }

    /// Where a failure ended up. There is exactly one; a failure that a branch handled is none, and
    /// is no record: its execution ended as `handled`.
    package enum Disposition: Sendable, Hashable {
        case issue(ObjectID)
        /// Left out of issues and alerts by a policy of this name.
        case ignored(policy: String)
    }

    package var id: ObjectID
    package var at: Timestamp
    package var kind: Kind
    package var instance: ObjectID?
    package var solution: String?
    package var version: String?
    package var workflow: String?
    package var user: ObjectID?
    package var execution: ExecutionID?
    /// How often the execution had been resumed: each of its ends is a failure of its own.
    package var resumed = 0
    package var correlationID: String?
    package var problem: Problem
    /// Nil until triage.
    package var fingerprint: String?
    /// The alert workflows that stand between the first failure and this one, oldest first: none
    /// of them takes an alert of it again.
    package var chain: [String]
    /// The alert that could not be told: of kind `alert` only.
    package var alert: ObjectID?
    /// Nil until triage.
    package var disposition: Disposition?
    /// Why nobody was told of it apart from its issue: grouped, silenced, inhibited.
    package var suppressed: String?

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
        chain = []
    }

    /// The end that it tells of: no two failures have the same. Nil for what was no execution.
    package var end: String? { execution.map { Self.end(of: $0, resumed: resumed) } }

    package static func end(of execution: ExecutionID, resumed: Int) -> String {
        resumed == 0 ? execution.description : "\(execution):\(resumed)"
    }

    /// Whose it is; the account's own failures belong to nobody else.
    package var owner: String { user?.description ?? "" }

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
        object["execution"] = (execution?.description).map(JSONValue.string)
        if resumed > 0 { object["resumed"] = .integer(Int64(resumed)) }
        object["correlation_id"] = correlationID.map(JSONValue.string)
        object["problem"] = problem
        object["fingerprint"] = fingerprint.map(JSONValue.string)
        if !chain.isEmpty { object["chain"] = .array(chain.map(JSONValue.string)) }
        object["alert"] = alert.map(JSONValue.id)
        object["disposition"] = disposition?.json
        object["suppressed"] = suppressed.map(JSONValue.string)
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
            let execution = object.maybe("execution", \.executionValue),
            let resumed = object.maybe("resumed", \.countValue),
            let correlationID = object.maybe("correlation_id", \.stringValue),
            let problem = object.get("problem", Problem.init(json:)),
            let fingerprint = object.maybe("fingerprint", \.stringValue),
            let chain = object.maybe("chain", { $0.list(\.stringValue) }),
            let alert = object.maybe("alert", { $0.id(.alert) }),
            let disposition = object.maybe("disposition", Disposition.init(json:)),
            let suppressed = object.maybe("suppressed", \.stringValue)
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
        self.execution = execution
        self.resumed = resumed ?? 0
        self.correlationID = correlationID
        self.fingerprint = fingerprint
        self.chain = chain ?? []
        self.alert = alert
        self.disposition = disposition
        self.suppressed = suppressed
    }

    /// A client reads the problem in the client's words, and nothing of how it was dealt with.
    package func view(for reader: Reader) -> JSONValue {
        guard reader == .client else { return json }
        var object = members(ClientProblem(problem).json)
        for name in ["fingerprint", "chain", "alert", "disposition", "suppressed"] {
            object[name] = nil
        }
        return .object(object)
    }
}

extension Failure.Disposition {
    package var json: JSONValue {
        switch self {
        case .issue(let id): ["issue": .id(id)]
        case .ignored(let policy): ["ignored": .string(policy)]
        }
    }

    package init?(json: JSONValue) {
        if let id = json["issue"]?.id(.issue) {
            self = .issue(id)
        } else if let policy = json["ignored"]?.stringValue {
            self = .ignored(policy: policy)
        } else {
            return nil
        }
    }
}
