import Breakers
import Embedding
import Model
import Testing

/// Several processes share a connection, whose service comes and goes; processes die. A seed that
/// fails replays.
@Suite struct BreakerSimulationTests {
    @Test(arguments: Array(1...60 as ClosedRange<UInt64>))
    func `nothing is lost, nothing runs twice, and all ends once the service is back`(
        _ seed: UInt64
    ) {
        var world = World(seed: seed)
        for _ in 0..<1_500 { world.step() }
        world.heal()
        var steps = 0
        while !world.isQuiet, steps < 20_000 {
            world.step()
            steps += 1
        }
        #expect(world.isQuiet, "seed \(seed): \(world.left) executions are left")
        #expect(world.trips > 0 && world.mostProbes > 0, "seed \(seed) tried nothing")
    }
}

/// The store, the processes, the service, and a checker.
private struct World {
    enum Place: Equatable {
        case ready
        case running(process: Int)
        case parked
        case later(Timestamp)
        case done
    }

    struct Flight {
        var execution: Int
        var operations: OperationClass
        var probe: ConnectionWatch.Probe
        var generation: Int
        /// What the service will say was decided when it was asked.
        var verdict: Verdict
    }

    struct Process {
        var keeper: Int64
        var watch = ConnectionWatch(id: "c", facts: ConnectionFacts(service: "s"))
        var flights: [Flight] = []
    }

    let seed: UInt64
    var random: SeededRandom
    var policy = BreakerPolicy()
    var now = BreakerTests.start
    /// The store's record.
    var stored: Connection?
    var processes: [Process]
    var nextKeeper: Int64
    var executions: [(place: Place, operations: OperationClass)] = []
    var generation = 1
    var refusesGeneration = 0
    var isDown = false
    var isHealed = false
    var resumedInSecond: [Int64: Int] = [:]
    var lastResumed = -1
    var trips = 0
    var mostProbes = 0

    init(seed: UInt64) {
        self.seed = seed
        random = SeededRandom(seed: seed)
        policy.failuresInARow = 4
        policy.probes = Int(seed % 3) + 1
        policy.answersToClose = Int(seed % 2) + 1
        policy.resumedPerSecond = 5
        nextKeeper = 4
        processes = (1...3).map { Process(keeper: Int64($0)) }
    }

    var left: Int { executions.count { $0.place != .done } }
    var isQuiet: Bool { left == 0 && stored?.isDraining != true }

    mutating func heal() {
        isDown = false
        isHealed = true
        generation += 1
        change(.hasten)
    }

    mutating func step() {
        switch random.number(0...19) {
        case 0...3: now = now + TimeSpan(milliseconds: Int64(random.number(1...4_000)))
        case 4...5 where !isHealed && executions.count < 300:
            executions.append((.ready, random.pick([.read, .write])))
        case 6...9: askSomebody()
        case 10...13: answerSomebody()
        case 14: processes[random.number(0...2)].adopt(stored, now, policy)
        case 15...16: drain()
        case 17: probe()
        case 18 where !isHealed: trouble()
        default: wake()
        }
        check()
    }

    private mutating func trouble() {
        switch random.number(0...7) {
        case 0...1: isDown.toggle()
        case 2: refusesGeneration = generation
        case 3:
            generation += 1
            change(.hasten)
        case 4: kill(random.number(0...2))
        default: break
        }
    }

    /// What it ran is given to others, as when a lease runs out; what it knew is gone.
    private mutating func kill(_ index: Int) {
        for flight in processes[index].flights { executions[flight.execution].place = .ready }
        processes[index] = Process(keeper: nextKeeper)
        nextKeeper += 1
        processes[index].adopt(stored, now, policy)
    }

    // MARK: Attempts

    private mutating func askSomebody() {
        let ready = executions.indices.filter { executions[$0].place == .ready }
        guard !ready.isEmpty else { return }
        ask(random.pick(ready), in: random.number(0...2), hasPlace: false)
    }

    private mutating func ask(_ execution: Int, in index: Int, hasPlace: Bool) {
        let operations = executions[execution].operations
        let answer = processes[index].watch.ask(
            operations,
            hasPlace: hasPlace,
            now: now,
            keeper: processes[index].keeper,
            policy: policy,
        )
        switch answer {
        case .go:
            if let stored, processes[index].knows(stored) {
                #expect(stored.answer(operations, now: now, keeper: -1) == .pass, "seed \(seed)")
            }
            begin(execution, operations, .init(begunAt: now), in: index)
        case .probe(let probe, let claims):
            if claims {
                var next = stored ?? Connection(id: "c", facts: processes[index].watch.facts)
                let isTaken = next.apply(
                    .probe(probe.gates),
                    now: now,
                    keeper: processes[index].keeper,
                    policy: policy,
                    chance: 0,
                )
                guard isTaken else {
                    processes[index].watch.giveBack(probe)
                    processes[index].adopt(stored, now, policy)
                    executions[execution].place = .parked
                    return
                }
                stored = next
                processes[index].adopt(stored, now, policy)
            }
            begin(execution, operations, probe, in: index)
        case .later(let at): executions[execution].place = .later(at)
        case .wait: executions[execution].place = .parked
        }
    }

    private mutating func begin(
        _ execution: Int,
        _ operations: OperationClass,
        _ probe: ConnectionWatch.Probe,
        in index: Int,
    ) {
        #expect(
            !processes.contains { $0.flights.contains { $0.execution == execution } },
            "seed \(seed): \(execution) runs twice",
        )
        executions[execution].place = .running(process: index)
        processes[index].flights.append(
            Flight(
                execution: execution,
                operations: operations,
                probe: probe,
                generation: generation,
                verdict: verdict(),
            )
        )
    }

    private mutating func verdict() -> Verdict {
        if generation == refusesGeneration { return .refused }
        if isDown { return .failed(random.pick([.service, .timeout, .communication])) }
        guard !isHealed else { return .answered }
        switch random.number(0...24) {
        case 0: return .limited(after: TimeSpan(milliseconds: Int64(random.number(0...3_000))))
        case 1: return .nothing
        case 2: return .failed(.service)
        default: return .answered
        }
    }

    private mutating func answerSomebody() {
        let busy = processes.indices.filter { !processes[$0].flights.isEmpty }
        guard !busy.isEmpty else { return }
        let index = random.pick(busy)
        let flight = processes[index].flights.remove(
            at: random.number(0...processes[index].flights.count - 1)
        )
        let changes = processes[index].watch.settle(
            flight.operations,
            flight.probe,
            generation: flight.generation,
            flight.verdict,
            now: now,
            keeper: processes[index].keeper,
            policy: policy,
            chance: random.chance(),
        )
        for item in changes {
            if case .open(_, .authentication, let seen) = item, seen != generation { continue }
            change(item, keeper: processes[index].keeper)
        }
        if !changes.isEmpty { processes[index].adopt(stored, now, policy) }
        switch flight.verdict {
        case .answered, .limited: executions[flight.execution].place = .done
        case .nothing: executions[flight.execution].place = .ready
        case .refused, .failed:
            // What was tried is told, a probe waits on.
            executions[flight.execution].place = flight.probe.gates.isEmpty ? .done : .parked
        }
    }

    private mutating func change(_ change: Connection.Change, keeper: Int64 = 0) {
        var next = stored ?? Connection(id: "c", facts: ConnectionFacts(service: "s"))
        let wasOpen = next.opening != nil
        guard
            next.apply(change, now: now, keeper: keeper, policy: policy, chance: random.chance())
        else { return }
        if !wasOpen, next.opening != nil { trips += 1 }
        stored = next.isWorthKeeping ? next : nil
    }

    // MARK: In the background

    private mutating func wake() {
        for index in executions.indices {
            if case .later(let at) = executions[index].place, at <= now {
                ask(index, in: random.number(0...2), hasPlace: true)
            }
        }
    }

    private mutating func probe() {
        guard let stored, stored.opening != nil else { return }
        let index = random.number(0...2)
        let keeper = processes[index].keeper
        processes[index].adopt(stored, now, policy)
        let oldest = executions.indices.first {
            executions[$0].place == .parked
                && stored.answer(executions[$0].operations, now: now, keeper: keeper) == .probe
        }
        guard let oldest else { return }
        executions[oldest].place = .ready
        ask(oldest, in: index, hasPlace: false)
    }

    /// One second's worth, oldest first, by whoever holds the claim.
    private mutating func drain() {
        guard let stored, stored.isDraining else { return }
        let index = random.number(0...2)
        processes[index].adopt(stored, now, policy)
        let second = now.milliseconds / 1_000
        let room = policy.resumedPerSecond - (resumedInSecond[second] ?? 0)
        let waiting = executions.indices.filter {
            executions[$0].place == .parked
                && stored.answer(executions[$0].operations, now: now, keeper: -1) == .pass
        }
        guard !waiting.isEmpty else { return change(.drained) }
        lastResumed = -1
        for execution in waiting.prefix(max(0, room)) {
            if execution <= lastResumed { Issue.record("seed \(seed): out of order") }
            lastResumed = execution
            resumedInSecond[second, default: 0] += 1
            executions[execution].place = .ready
            ask(execution, in: index, hasPlace: false)
        }
    }

    private mutating func check() {
        let flying = processes.flatMap(\.flights).map(\.execution)
        let running = executions.indices.filter { index in
            if case .running = executions[index].place { return true }
            return false
        }
        if flying.sorted() != running {
            Issue.record("seed \(seed): \(flying.sorted()) run, \(running) should")
        }
        for process in processes {
            for scope in OperationClass.allCases {
                let probes = process.flights.count {
                    $0.probe.gates.contains(scope)
                        && now - $0.probe.begunAt < policy.probeTime
                }
                mostProbes = max(mostProbes, probes)
                if probes > policy.probes {
                    Issue.record("seed \(seed): \(probes) probes of \(scope)")
                }
            }
        }
        if let most = resumedInSecond[now.milliseconds / 1_000], most > policy.resumedPerSecond {
            Issue.record("seed \(seed): \(most) were resumed within a second")
        }
    }
}

extension World.Process {
    mutating func adopt(_ stored: Connection?, _ now: Timestamp, _ policy: BreakerPolicy) {
        watch.adopt(stored, now: now, policy: policy)
    }

    /// Whether it has read what is stored.
    func knows(_ stored: Connection) -> Bool { watch.connection == stored }
}
