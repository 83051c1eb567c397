import Alerting
import Embedding
import Engine
import Kernel
import Model

/// The body of `POST /v1/replays`.
struct ReplayBody {
    static let known: Set<String> = [
        "ids", "filter", "issue", "mode", "start", "definition", "keys", "input_patch",
        "trigger_patch", "again", "unfinished", "rate", "dry_run",
    ]
    /// The most bytes of a patch, as compact JSON.
    static let patchLimit = 256 << 10

    let selector: Directory.ReplaySelector
    let order: ReplayOrder
    let isDryRun: Bool

    init(_ body: RequestBody) throws(Problem) {
        selector = try Self.selector(body)
        order = try Self.order(body)
        isDryRun = try body.flag("dry_run")
    }

    private static func selector(_ body: RequestBody) throws(Problem) -> Directory.ReplaySelector {
        let given = ["ids", "filter", "issue"].filter { body.object[$0] != nil }
        guard given.count == 1 else {
            throw ReplayFault.badRequest.problem("give one of `ids`, `filter` and `issue`")
        }
        switch given[0] {
        case "ids":
            let limit = Directory.ReplaySelector.idsMax
            let texts = body.object["ids"]?.arrayValue ?? []
            let ids = texts.compactMap { $0.stringValue.flatMap { ExecutionID($0) } }
            guard !ids.isEmpty, ids.count == texts.count, ids.count <= limit else {
                throw RequestBody.wrong("ids", "it is a list of 1 to \(limit) ids of executions")
            }
            return .ids(ids)
        case "issue":
            guard let id = body.object["issue"]?.stringValue.flatMap({ ObjectID(.issue, $0) })
            else { throw RequestBody.wrong("issue", "it is an issue's id") }
            return .issue(id)
        default:
            let filter = try body.object("filter", limit: patchLimit)
            return .filter(try ExecutionFilter.query(of: filter))
        }
    }

    private static func order(_ body: RequestBody) throws(Problem) -> ReplayOrder {
        func word<Word: RawRepresentable<String> & CaseIterable>(
            _ name: String,
            _ standard: Word,
        ) throws(Problem) -> Word {
            guard body.object[name] != nil else { return standard }
            return try body.word(name, of: Array(Word.allCases))
        }
        var order = ReplayOrder(mode: try word("mode", .replay))
        if let start = try body.text("start") { order.start = ReplayOrder.Start(text: start) }
        order.definition = try word("definition", order.definition)
        order.keys = try word("keys", order.keys)
        order.inputPatch = body.object["input_patch"]
        order.triggerPatch = body.object["trigger_patch"]
        for (name, patch) in [
            ("input_patch", order.inputPatch), ("trigger_patch", order.triggerPatch),
        ] {
            guard let patch, JSONWriter.encodedSize(patch) > patchLimit else { continue }
            throw APIFault.memberTooLarge(name, patchLimit).problem
        }
        order.again = try body.flag("again")
        order.unfinished = try body.flag("unfinished")
        if let rate = body.object["rate"] {
            guard let number = rate.countValue, ReplayOrder.rates.contains(number) else {
                throw RequestBody.wrong(
                    "rate",
                    "it is a number from \(ReplayOrder.rates.lowerBound) to"
                        + " \(ReplayOrder.rates.upperBound)",
                )
            }
            order.rate = number
        }
        try check(order)
        return order
    }

    private static func check(_ order: ReplayOrder) throws(Problem) {
        guard order.mode == .resume else { return }
        let plain = ReplayOrder(mode: .resume)
        guard order.start == plain.start, order.definition == plain.definition,
            order.keys == plain.keys, !order.isPatched, !order.again, !order.unfinished
        else {
            throw ReplayFault.badRequest.problem(
                "a resume goes on from the failed step, with the definition, input and keys that the"
                    + " execution has; anything else is a replay"
            )
        }
    }
}
