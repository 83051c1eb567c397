import Embedding
import Model

/// All failures of one fingerprint, as the thing that somebody works on.
///
/// It counts every failure, also while it is muted. A failure after it was resolved opens it again.
package struct Issue: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case open
        /// Somebody works on it: it counts on, and its repeats are told to nobody.
        case acknowledged
        case resolved
        /// Told to nobody until its time, or until it escalates.
        case muted
    }

    package enum Mark: String, Sendable, Hashable, CaseIterable {
        /// Known for less than ``newFor``.
        case new
        case ongoing
        /// It came back after it was resolved, until somebody acknowledges or resolves it.
        case regressed
        /// This hour has many times the failures of the hours before.
        case escalating
    }

    package struct Note: Sendable, Hashable {
        package var at: Timestamp
        package var author: String
        package var text: String
    }

    /// What it hit: how often, and since when without a success in between.
    package struct Hit: Sendable, Hashable {
        package var count: Int
        package var lastSeen: Timestamp
        /// False after the workflow of the instance went well again.
        package var isFiring: Bool
    }

    package static let newFor = TimeSpan(milliseconds: 24 * 3_600_000)
    /// Instances that are counted by name; the rest is counted together.
    package static let instancesMax = 500
    package static let notesMax = 100
    package static let noteBytesMax = 4_096
    package static let muteMax = TimeSpan(milliseconds: 366 * 86_400_000)

    package var id: ObjectID
    package var fingerprint: String
    package var state: State
    package var mutedUntil: Timestamp?
    package var mark: Mark
    package var kind: Failure.Kind
    package var solution: String?
    package var workflow: String?
    package var title: String
    package var firstSeen: Timestamp
    package var lastSeen: Timestamp
    package var count: Int
    /// By instance; the account's own executions stand under the empty text.
    package var hits: [String: Hit]
    /// Failures of instances beyond ``instancesMax``.
    package var othersCount: Int
    package var occurrences: Occurrences
    package var regressions: Int
    /// The last failure of it, and what it said.
    package var lastFailure: ObjectID
    package var problem: Problem
    package var assignee: String?
    package var notes: [Note]
    package var resolvedAt: Timestamp?
    /// Who said so: an actor, or `recovery`.
    package var resolvedBy: String?

    /// The first failure of a fingerprint.
    package init(id: ObjectID, _ failure: Failure, fingerprint: String) {
        self.id = id
        self.fingerprint = fingerprint
        state = .open
        mark = .new
        kind = failure.kind
        solution = failure.solution
        workflow = failure.workflow
        title = failure.problem.title
        firstSeen = failure.at
        lastSeen = failure.at
        count = 0
        hits = [:]
        othersCount = 0
        occurrences = Occurrences(endingAt: failure.at)
        regressions = 0
        lastFailure = failure.id
        problem = failure.problem
        notes = []
        add(failure)
    }

    /// Whether anything fails without a success since: what keeps an issue from resolving itself.
    package var isFiring: Bool { othersCount > 0 || hits.values.contains { $0.isFiring } }

    /// How many instances it hit; those beyond ``instancesMax`` are not told apart.
    package var instanceCount: Int { hits.count }

    // MARK: What happens

    /// Counts a failure. True when it opened the issue again.
    @discardableResult
    package mutating func add(_ failure: Failure) -> Bool {
        count += 1
        firstSeen = min(firstSeen, failure.at)
        if failure.at >= lastSeen {
            lastSeen = failure.at
            lastFailure = failure.id
            problem = failure.problem
            title = failure.problem.title
        }
        let key = failure.instance?.description ?? ""
        if var hit = hits[key] {
            hit.count += 1
            hit.lastSeen = max(hit.lastSeen, failure.at)
            hit.isFiring = true
            hits[key] = hit
        } else if hits.count < Self.instancesMax {
            hits[key] = Hit(count: 1, lastSeen: failure.at, isFiring: true)
        } else {
            othersCount += 1
        }
        occurrences.add(at: failure.at)
        return reopen(at: failure.at)
    }

    private mutating func reopen(at now: Timestamp) -> Bool {
        var isAgain = false
        switch state {
        case .resolved:
            state = .open
            regressions += 1
            resolvedAt = nil
            resolvedBy = nil
            mark = .regressed
            isAgain = true
        case .muted:
            if occurrences.isEscalating {
                state = .open
                mutedUntil = nil
                mark = .escalating
                isAgain = true
            } else if let until = mutedUntil, until <= now {
                state = .open
                mutedUntil = nil
                isAgain = true
            }
        case .open, .acknowledged: break
        }
        refreshMark(at: now)
        return isAgain
    }

    /// A mark says what is true now; `regressed` stays until somebody has seen it.
    package mutating func refreshMark(at now: Timestamp) {
        if occurrences.isEscalating {
            mark = .escalating
        } else if mark != .regressed {
            mark = now - firstSeen < Self.newFor ? .new : .ongoing
        }
    }

    /// The instance's workflow went well again. True when nothing of the issue fails any more: it
    /// is then resolved, unless somebody had done so before.
    package mutating func recovered(instance: String, at now: Timestamp) -> Bool {
        guard hits[instance]?.isFiring == true else { return false }
        hits[instance]?.isFiring = false
        guard !isFiring, state != .resolved else { return false }
        resolve(by: "recovery", at: now)
        return true
    }

    // MARK: What somebody does

    package mutating func acknowledge(by actor: String) {
        guard state == .open || state == .muted else { return }
        state = .acknowledged
        mutedUntil = nil
        if mark == .regressed { mark = .ongoing }
    }

    package mutating func resolve(by actor: String, at now: Timestamp) {
        guard state != .resolved else { return }
        state = .resolved
        mutedUntil = nil
        resolvedAt = now
        resolvedBy = actor
        for key in hits.keys { hits[key]?.isFiring = false }
        othersCount = 0
    }

    package mutating func reopenByHand() {
        state = .open
        mutedUntil = nil
        resolvedAt = nil
        resolvedBy = nil
    }

    package mutating func mute(until: Timestamp) {
        state = .muted
        mutedUntil = until
        resolvedAt = nil
        resolvedBy = nil
    }

    /// Keeps the last ``notesMax`` notes.
    package mutating func note(_ text: String, by author: String, at now: Timestamp) {
        notes.append(Note(at: now, author: author, text: text))
        if notes.count > Self.notesMax { notes.removeFirst(notes.count - Self.notesMax) }
    }
}
