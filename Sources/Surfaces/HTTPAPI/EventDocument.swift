import Engine
import Model

/// An update as a server-sent event (WHATWG HTML, section 9.2).
struct EventDocument: Sendable {
    var name: String
    var data: JSONValue

    /// Holders of a status URL see that something happened, not what was in it.
    init?(_ update: ExecutionUpdate, for watcher: Watcher, _ words: ClientWords) {
        switch update {
        case .stepStarted(let id, let occurrence, let kind, let attempt, let at):
            name = "step_started"
            data = [
                "step": .string(id ?? occurrence), "kind": .string(kind),
                "attempt": .integer(Int64(attempt)), "at": .string(at.description),
            ]
        case .stepFinished(let id, let occurrence, let kind, let attempt):
            name = attempt.problem == nil ? "step_succeeded" : "step_failed"
            var object: JSONObject = [
                "step": .string(id ?? occurrence), "kind": .string(kind),
                "attempt": .integer(Int64(attempt.number)),
                "at": .string(attempt.finishedAt.description),
            ]
            switch watcher {
            case .caller, .client: break
            case .reader:
                object["problem"] = attempt.problem.map { ExecutionDocument.problem($0, false) }
            case .whole:
                object["output"] = attempt.output
                object["problem"] = attempt.problem?.json
            }
            data = .object(object)
        case .retryScheduled(let id, let occurrence, let at):
            name = "retry_scheduled"
            data = ["step": .string(id ?? occurrence), "at": .string(at.description)]
        case .waiting(let until):
            name = "waiting"
            data = ["until": (until?.description).map(JSONValue.string) ?? .null]
        case .replied(let reply):
            name = "replied"
            data = ["status": .integer(Int64(reply.status))]
        case .finished(let view):
            name = "finished"
            switch watcher {
            case .caller, .client: data = ExecutionDocument.status(view, for: watcher, words)
            case .reader, .whole: data = .object(ExecutionDocument.summary(view))
            }
        }
    }

    func encoded(number: Int) -> String {
        "id: \(number)\nevent: \(name)\ndata: \(JSONWriter.string(data))\n\n"
    }
}
