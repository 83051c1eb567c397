import Definitions
import Expressions
import Foundation
import Kernel
import Model
import Testing

/// Random workflows under random outcomes, on a clock of their own.
@Suite struct SimulationTests {
    static var seeds: Range<UInt64> {
        let count = ProcessInfo.processInfo.environment["BACKSTOP_SIM_SEEDS"].flatMap(UInt64.init)
        return 0..<(count ?? 400)
    }

    @Test func `every run ends, and the same events give the same actions`() {
        for seed in Self.seeds {
            var simulation = Simulation(seed: seed)
            let run = simulation.run()
            guard let run else {
                Issue.record("seed \(seed): it did not end")
                continue
            }
            var again = Machine(definition: run.definition, context: run.context)
            for (event, actions) in zip(run.events, run.actions) {
                let decoded = Event.decoded(event.encoded())
                if decoded != event { Issue.record("seed \(seed): codec changes \(event)") }
                if again.apply(decoded ?? event) != actions {
                    Issue.record("seed \(seed): other actions for \(event)")
                }
            }
            let replies = run.actions.joined().filter {
                if case .reply = $0 { true } else { false }
            }
            if replies.count > 1 { Issue.record("seed \(seed): \(replies.count) replies") }
        }
    }

    /// What a crash leaves is a prefix of the journal: the machine that is rebuilt from it asks for
    /// what was in flight, and given the same answers comes to the same end.
    @Test func `any prefix of a journal recovers to the same end`() {
        for seed in Self.seeds where seed % 4 == 0 {
            var simulation = Simulation(seed: seed)
            guard let run = simulation.run() else { continue }
            for cut in 1...run.events.count {
                var machine = Machine(definition: run.definition, context: run.context)
                for event in run.events[..<cut] { _ = machine.apply(event) }
                if machine.outcome == nil, machine.outstanding.isEmpty {
                    Issue.record("seed \(seed): stuck after \(cut) events")
                }
                let wanted = Set(machine.outstanding.compactMap(Simulation.question))
                let open = simulation.open(after: cut, of: run)
                if machine.outcome == nil, wanted != open {
                    Issue.record("seed \(seed), cut \(cut): asks \(wanted), open were \(open)")
                }
                for event in run.events[cut...] { _ = machine.apply(event) }
                if machine.outcome != run.outcome {
                    Issue.record("seed \(seed), cut \(cut): another end")
                }
            }
        }
    }
}

/// SplitMix64.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
}
