import Embedding
import Model

/// One telling of failures to an alert workflow, with everything that happened to it on its way.
///
/// Its id is the event's stable id: however often it is sent, it is the same.
package struct Alert: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        /// To be sent when it is due.
        case pending
        /// An execution of the alert workflow is at it.
        case running
        case delivered
        /// No alert workflow could take it. It is kept until it is sent again or dismissed.
        case deadLetter = "dead_letter"
        /// Somebody took it from the dead letters without sending it again.
        case dismissed
    }

    /// One try on one rung that came to nothing.
    package struct Step: Sendable, Hashable {
        package var rung: Rung
        package var workflow: String
        package var execution: ExecutionID?
        package var problem: Problem
        package var at: Timestamp

        package init(
            rung: Rung,
            workflow: String,
            execution: ExecutionID?,
            problem: Problem,
            at: Timestamp,
        ) {
            self.rung = rung
            self.workflow = workflow
            self.execution = execution
            self.problem = problem
            self.at = at
        }
    }

    package var id: ObjectID
    package var at: Timestamp
    package var state: State
    package var rung: Rung
    /// The failure that it tells of; of several, the last one.
    package var failure: ObjectID
    package var instance: ObjectID?
    package var user: ObjectID?
    package var solution: String?
    package var issue: ObjectID?
    /// The notification group that it is of; nil for a single failure.
    package var group: String?
    /// Alert workflows that failed before on behalf of the same failure: none of them takes it.
    package var chain: [String]
    /// The execution of the alert workflow, once there is one.
    package var execution: ExecutionID?
    /// Starts that were refused on this rung.
    package var refusals: Int
    /// What went wrong on the way up, in order.
    package var history: [Step]
    /// What the alert workflow sees as `$trigger`, apart from what changes on the way.
    package var payload: JSONObject
    /// How often it was sent again by hand.
    package var resends: Int
    package var deliveredAt: Timestamp?

    package init(
        id: ObjectID,
        at: Timestamp,
        rung: Rung,
        of failure: Failure,
        payload: JSONObject,
    ) {
        self.id = id
        self.at = at
        self.rung = rung
        state = .pending
        self.failure = failure.id
        instance = failure.instance
        user = failure.user
        solution = failure.solution
        if case .issue(let id)? = failure.disposition { issue = id }
        chain = failure.chain
        refusals = 0
        history = []
        self.payload = payload
        resends = 0
    }

    package var owner: String { user?.description ?? "" }

    /// The key under which its execution on this rung starts once.
    package var idempotencyKey: String { "alert:\(id):\(rung.rawValue):\(resends)" }

    /// Notes that the rung could not take it, and says what comes next.
    package mutating func climb(_ step: Step, on ladder: Ladder) {
        history.append(step)
        chain.append(step.workflow)
        execution = nil
        refusals = 0
        rung = ladder.rung(above: rung, chain: chain)
        state = rung == .deadLetter ? .deadLetter : .pending
    }

    package mutating func delivered(at now: Timestamp) {
        state = .delivered
        deliveredAt = now
    }

    /// From the dead letters back to the foot of the ladder.
    package mutating func resend(on ladder: Ladder, chain: [String]) {
        resends += 1
        self.chain = chain
        execution = nil
        refusals = 0
        rung = ladder.rung(above: nil, chain: chain)
        state = rung == .deadLetter ? .deadLetter : .pending
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["at"] = .time(at)
        object["state"] = .string(state.rawValue)
        object["rung"] = .string(rung.rawValue)
        object["failure"] = .id(failure)
        object["instance"] = instance.map(JSONValue.id)
        object["user"] = user.map(JSONValue.id)
        object["solution"] = solution.map(JSONValue.string)
        object["issue"] = issue.map(JSONValue.id)
        object["group"] = group.map(JSONValue.string)
        object["chain"] = .array(chain.map(JSONValue.string))
        object["execution"] = (execution?.description).map(JSONValue.string)
        object["refusals"] = .integer(Int64(refusals))
        object["history"] = .array(history.map(\.json))
        object["payload"] = .object(payload)
        object["resends"] = .integer(Int64(resends))
        object["delivered_at"] = deliveredAt.map(JSONValue.time)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.alert) }),
            let at = object.get("at", \.timeValue),
            let state = object.get("state", { $0.word(State.self) }),
            let rung = object.get("rung", { $0.word(Rung.self) }),
            let failure = object.get("failure", { $0.id(.failure) }),
            let instance = object.maybe("instance", { $0.id(.instance) }),
            let user = object.maybe("user", { $0.id(.endUser) }),
            let solution = object.maybe("solution", \.stringValue),
            let issue = object.maybe("issue", { $0.id(.issue) }),
            let group = object.maybe("group", \.stringValue),
            let chain = object.get("chain", { $0.list(\.stringValue) }),
            let execution = object.maybe("execution", \.executionValue),
            let refusals = object.get("refusals", \.countValue),
            let history = object.get("history", { $0.list(Step.init(json:)) }),
            let payload = object.get("payload", \.objectValue),
            let resends = object.get("resends", \.countValue),
            let deliveredAt = object.maybe("delivered_at", \.timeValue)
        else { return nil }
        self.id = id
        self.at = at
        self.state = state
        self.rung = rung
        self.failure = failure
        self.instance = instance
        self.user = user
        self.solution = solution
        self.issue = issue
        self.group = group
        self.chain = chain
        self.execution = execution
        self.refusals = refusals
        self.history = history
        self.payload = payload
        self.resends = resends
        self.deliveredAt = deliveredAt
    }
}

extension Alert.Step {
    package var json: JSONValue {
        var object = JSONObject()
        object["rung"] = .string(rung.rawValue)
        object["workflow"] = .string(workflow)
        object["execution"] = (execution?.description).map(JSONValue.string)
        object["problem"] = problem.json
        object["at"] = .time(at)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let rung = object.get("rung", { $0.word(Rung.self) }),
            let workflow = object.get("workflow", \.stringValue),
            let execution = object.maybe("execution", \.executionValue),
            let problem = object.get("problem", Problem.init(json:)),
            let at = object.get("at", \.timeValue)
        else { return nil }
        self.init(rung: rung, workflow: workflow, execution: execution, problem: problem, at: at)
    }
}
