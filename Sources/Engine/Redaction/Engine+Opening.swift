import Kernel
import Model
import StorePort

/// Who may have what is withheld: the execution itself, its parent, and the caller who waits.
extension Engine {
    static func resultContext(_ id: ExecutionID) -> String { "execution:\(id):result" }

    private static func context(_ id: ExecutionID, _ sequence: Int) -> String {
        "execution:\(id):\(sequence)"
    }

    /// An event as it is written.
    func entry(
        _ event: Event,
        _ sequence: Int,
        of id: ExecutionID,
        _ known: KnownSecrets,
    ) -> JournalEntry {
        guard event.hasPayload else {
            return JournalEntry(sequence: sequence, payload: event.encoded())
        }
        let context = Self.context(id, sequence)
        return JournalEntry(
            sequence: sequence,
            payload: door.bytes(event.json, known, context: context),
        )
    }

    /// The event as it happened.
    func event(
        _ entry: JournalEntry,
        of id: ExecutionID,
        _ known: KnownSecrets,
    ) throws(Problem) -> Event {
        guard let document = Event.document(entry.payload) else {
            throw .unreadableJournal(entry.sequence)
        }
        let context = Self.context(id, entry.sequence)
        let json = try door.open(document, known, context: context)
        guard let event = Event(json: json) else { throw .unreadableJournal(entry.sequence) }
        return event
    }

    /// What an execution was started with.
    ///
    /// - Throws: why what is withheld in it does not open.
    func input(
        of head: StoredExecution,
        _ known: KnownSecrets,
    ) throws(Problem) -> StartInput? {
        guard let document = StartInput.document(head.input) else { return nil }
        let context = StartInput.context(head.id)
        return StartInput(json: try door.open(document, known, context: context))
    }

    /// An execution's output, for the execution that asked for it.
    func output(of view: ExecutionView, _ known: KnownSecrets) throws(Problem) -> JSONValue {
        guard let result = view.head.result, let document = Event.document(result) else {
            return view.outcome?.output ?? .null
        }
        let context = Self.resultContext(view.head.id)
        let json = try door.open(document, known, context: context)
        return Outcome.decoded(json: json)?.outcome.output ?? .null
    }

    /// The end with the words that the workflow has for its caller. When they do not open, the caller
    /// gets what everybody may read.
    func opened(_ view: ExecutionView) -> ExecutionView {
        guard let result = view.head.result, let document = Event.document(result),
            PartialDocument(document).sealed != nil
        else { return view }
        do throws(Problem) {
            let context = Self.resultContext(view.head.id)
            let json = try door.open(document, nil, context: context)
            guard let whole = Outcome.decoded(json: json) else { return view }
            var view = view
            view.outcome?.output = whole.outcome.output
            view.reply = whole.reply
            return view
        } catch {
            logger.error(
                "a result does not open: \(error.detail ?? error.title)",
                metadata: ["execution": "\(view.head.id)"],
            )
            return view
        }
    }
}

extension RecordChange {
    /// Without kept secrets, wherever in its document they stand.
    func cleaned(by known: KnownSecrets) -> RecordChange {
        guard case .put(var put) = self, let document = known.cleaned(put.document) else {
            return self
        }
        put.document = document
        return .put(put)
    }
}
