import Breakers
import Model
import Synchronization

/// An attempt's leave to go through its connection. It tells the connection once how it went,
/// whoever learns it first: the attempt, or the deadline that passed.
final class AttemptPass: Sendable {
    private struct State {
        var place: ConnectionPlace?
        var probe: ConnectionWatch.Probe?
        var isSettled = false
    }

    private let state = Mutex(State())
    /// It was told to come later, and the time has come.
    let hasPlace: Bool
    let witness: Witness

    init(hasPlace: Bool, witness: Witness) {
        self.hasPlace = hasPlace
        self.witness = witness
    }

    func begin(_ place: ConnectionPlace, _ probe: ConnectionWatch.Probe) {
        state.withLock { state in
            state.place = place
            state.probe = probe
        }
    }

    /// What it probes, when it is a probe that has not ended.
    var probing: ConnectionPlace? {
        state.withLock { $0.isSettled || $0.probe?.gates.isEmpty != false ? nil : $0.place }
    }

    /// Nil when it began nowhere, or told already.
    func take() -> (place: ConnectionPlace, probe: ConnectionWatch.Probe)? {
        state.withLock { state in
            guard let place = state.place, let probe = state.probe, !state.isSettled else {
                return nil
            }
            state.isSettled = true
            return (place, probe)
        }
    }
}

/// Why an attempt did not begin, though nothing failed.
enum Hold: Sendable {
    /// Its connection is broken: until that works again.
    case parked(Parking)
    /// Its service allows no more now.
    case later(Timestamp)
}
