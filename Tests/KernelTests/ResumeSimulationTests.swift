import Kernel
import Model
import Testing

/// Random workflows that end badly and go on, again and again.
@Suite struct ResumeSimulationTests {
    /// The machine after a journal, rebuilt from its first entries, with the others applied.
    private func machine(_ run: Simulation.Run, rebuiltAfter cut: Int) -> Machine {
        var machine = Machine(definition: run.definition, context: run.context)
        machine.replay(Timeline(run.events[..<cut]))
        for index in run.events.indices[cut...] {
            if case .resumed = run.events[index] {
                machine = Machine(definition: run.definition, context: run.context)
                machine.replay(Timeline(run.events[...index]))
            } else {
                _ = machine.apply(run.events[index])
            }
        }
        return machine
    }

    private func check(_ run: Simulation.Run, seed: UInt64) {
        for event in run.events where Event.decoded(event.encoded()) != event {
            Issue.record("seed \(seed): codec changes \(event)")
        }
        for cut in 1...run.events.count where cut % 8 == 0 || cut == run.events.count {
            if machine(run, rebuiltAfter: cut).outcome != run.outcome {
                Issue.record("seed \(seed), cut \(cut): another end")
            }
        }
    }

    /// What a resumption asks for is nothing that went well before and still counts.
    private func checkNothingTwice(_ run: Simulation.Run, seed: UInt64) {
        guard case .resumed(let resumption)? = run.events.last else { return }
        var machine = Machine(definition: run.definition, context: run.context)
        let timeline = Timeline(run.events)
        machine.replay(timeline)
        let wanted = machine.outstanding.compactMap { action -> StepReference? in
            guard case .runAttempt(let request) = action else { return nil }
            return request.step
        }
        // Retried as a whole by a step around it, an attempt may be asked for again.
        var counted: [StepReference: Int] = [:]
        for entry in timeline.entries {
            guard case .attemptSucceeded(let step, _, _, _, _) = entry.event else { continue }
            counted[step, default: 0] += 1
        }
        let retries = timeline.entries.contains { entry in
            guard case .timerFired(let timer, _) = entry.event else { return false }
            return timer.purpose == .retry
        }
        for step in wanted where !retries && counted[step] != nil {
            Issue.record("seed \(seed): \(resumption) runs \(step) again")
        }
    }

    @Test func `a run that ended badly goes on from its failed step, from any prefix alike`() {
        var resumed = 0
        for seed in SimulationTests.seeds {
            var simulation = Simulation(seed: seed)
            guard var run = simulation.run() else { continue }
            for _ in 0..<4 where run.outcome?.reason.isSuccess == false {
                guard let ended = simulation.resume(&run, from: .failedStep) else { break }
                resumed += 1
                if !ended { Issue.record("seed \(seed): it did not end again") }
                check(run, seed: seed)
            }
        }
        #expect(resumed > SimulationTests.seeds.count / 4)
    }

    @Test func `a resumption runs nothing again that went well and still counts`() {
        for seed in SimulationTests.seeds {
            var simulation = Simulation(seed: seed)
            guard let run = simulation.run() else { continue }
            guard
                let rewind = try? Rewind.plan(  // tidy: a refusal is no resumption to look at.
                    Timeline(run.events),
                    from: .failedStep,
                    definition: run.definition,
                    context: run.context,
                    limits: .init(),
                )
            else { continue }
            var next = run
            let at = Timestamp(milliseconds: 1_000_000)
            next.events.append(.resumed(rewind.resumption(at: at, by: "somebody")))
            checkNothingTwice(next, seed: seed)
        }
    }

    @Test func `a run goes on from any step whose turn came, from any prefix alike`() {
        var resumed = 0
        for seed in SimulationTests.seeds {
            var simulation = Simulation(seed: seed)
            guard var run = simulation.run() else { continue }
            for _ in 0..<6 {
                let start = simulation.anyStep()
                guard let ended = simulation.resume(&run, from: start) else { continue }
                resumed += 1
                if !ended { Issue.record("seed \(seed): \(start): it did not end again") }
                check(run, seed: seed)
            }
        }
        #expect(resumed > SimulationTests.seeds.count / 4)
    }

    /// The beginning that a replay copies is taken by a new machine, and comes to an end there.
    @Test func `a copied beginning is awaited entry by entry, and ends as the source does`() {
        for seed in SimulationTests.seeds {
            var simulation = Simulation(seed: seed)
            guard var run = simulation.run(), run.outcome?.reason.isSuccess == false,
                simulation.resume(&run, from: .failedStep) == true
            else { continue }
            let position = run.events.lastIndex { event in
                if case .resumed = event { true } else { false }
            }
            guard let position else { continue }
            do throws(ReplayRefusal) {
                let rewind = try Rewind.plan(
                    Timeline(run.events[..<position]),
                    from: .failedStep,
                    definition: run.definition,
                    context: run.context,
                    limits: .init(),
                )
                let copied = try CopiedBeginning.make(
                    rewind,
                    of: run.definition,
                    on: run.definition,
                    context: run.context,
                    limits: .init(),
                    at: run.events[position].at,
                    by: "simulation",
                )
                var machine = Machine(definition: run.definition, context: run.context)
                machine.replay(Timeline(copied))
                for event in run.events[(position + 1)...] { _ = machine.apply(event) }
                if machine.outcome != run.outcome { Issue.record("seed \(seed): another end") }
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
        }
    }
}
