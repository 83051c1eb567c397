import Kernel
import Model
import StorePort

/// What is written and told of an execution, without its secrets.
extension RunningExecution {
    /// The machine's actions as they leave the execution: the end as everybody may read it, a reply
    /// without credentials.
    func told(_ actions: [Action]) -> [Action] {
        guard let last = actions.last else { return actions }
        var actions = actions
        for (index, action) in actions.enumerated() {
            if case .reply(let reply) = action {
                actions[index] = .reply(runner.known.cleaned(reply))
            }
        }
        if case .finish(let outcome) = last {
            actions[actions.count - 1] = .finish(
                Outcome(
                    reason: outcome.reason,
                    output: runner.known.redact(outcome.output),
                    problem: outcome.problem.map(runner.known.redact),
                )
            )
        }
        return actions
    }

    /// Records that are written with the end.
    func cleaned(_ write: RecordWrite) -> RecordWrite {
        RecordWrite(write.changes.map { $0.cleaned(by: runner.known) }, now: write.now)
    }

    func entry(_ event: Event, _ sequence: Int) -> JournalEntry {
        engine.entry(event, sequence, of: runner.id, runner.known)
    }

    /// The event as it happened, with what later steps need of it.
    func opened(_ entry: JournalEntry) throws(Problem) -> Event {
        try engine.event(entry, of: runner.id, runner.known)
    }

    /// The end with the reply. The workflow's own words are withheld from everybody but who waits
    /// for them, when they hold something secret.
    func encodedResult(_ told: Outcome) -> [UInt8] {
        var outcome = told
        if let own = machine.outcome { outcome.output = runner.known.cleaned(own.output) }
        let json = outcome.json(reply: machine.reply.map(runner.known.cleaned))
        return engine.door.bytes(json, runner.known, context: Engine.resultContext(runner.id))
    }
}
