import Model
import StorePort

extension StoredExecution {
    /// Whose failures are mended when this execution ends well: its own, when it was resumed, and
    /// those of what it replays. Whoever writes the end (`JournalWrite.records`) may tell their
    /// issue.
    package var mends: [ExecutionID] {
        var ids: [ExecutionID] = resumed > 0 ? [id] : []
        if let replayOf { ids.append(replayOf) }
        if let root, root != replayOf { ids.append(root) }
        return ids
    }
}
