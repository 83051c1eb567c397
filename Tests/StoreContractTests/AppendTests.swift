import Model
import StorePort
import Testing

@Suite struct AppendTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `entries come back in order, however they were gathered`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker, entries: [entry(0)]))
            try await store.make(new(2, heldBy: worker))
            var all = [entry(0)]
            for size in [1, 3, 0, 2, 1] {
                let more = (0..<size).map { entry(all.count + $0, "entry \(all.count + $0)") }
                try await store.write(worker, 1, more)
                try await store.write(worker, 2, more.map { entry($0.sequence - 1) })
                all += more
            }
            #expect(try await store.journal(id(1)) == all)
            #expect(try await store.journal(id(2)).map(\.sequence) == Array(0..<7))
            #expect(try await store.journal(id(3)) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `entries must continue the journal`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker, entries: [entry(0)]))
            for entries in [[entry(0)], [entry(2)], [entry(1), entry(3)], [entry(1), entry(1)]] {
                await #expect(throws: StoreError.self) {
                    try await store.write(worker, 1, entries, finished())
                }
            }
            #expect(try await store.journal(id(1)) == [entry(0)])
            #expect(try await store.found(1).status == .running)
            try await store.write(worker, 1, [entry(1)])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the journal goes on after a claim`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker, entries: [entry(0)]))
            try await store.write(worker, 1, [entry(1), entry(2)])
            let released = JournalWrite.Head.released(status: .queued, wakeAt: nil)
            try await store.write(worker, 1, [], released)
            #expect(try await store.claimed(worker).map(\.id) == [id(1)])
            await #expect(throws: StoreError.self) { try await store.write(worker, 1, [entry(2)]) }
            try await store.write(worker, 1, [entry(3)])
            #expect(try await store.journal(id(1)).map(\.sequence) == [0, 1, 2, 3])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `heads follow the writes`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.write(worker, 1, [entry(0)], .waiting)
            #expect(try await store.found(1).status == .waiting)
            #expect(try await store.found(1).heldBy == worker.id)
            try await store.write(worker, 1, [entry(1)])
            #expect(try await store.found(1).status == .waiting)
            try await store.write(worker, 1, [], .running)
            #expect(try await store.found(1).status == .running)
            let wake = start + hour
            try await store.write(worker, 1, [], .released(status: .waiting, wakeAt: wake))
            let released = try await store.found(1)
            #expect(released.status == .waiting)
            #expect(released.heldBy == nil)
            #expect(released.wakeAt == wake)
        }
    }

    @Test(arguments: StoreUnderTest.allCases, ExecutionReason.allCases)
    func `an end is kept with reason, problem and result`(
        _ kind: StoreUnderTest,
        reason: ExecutionReason,
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            let problem: ProblemType? = reason.isSuccess ? nil : .rateLimit
            let head = JournalWrite.Head.finished(
                reason: reason,
                at: start + second,
                problem: problem,
                result: [1, 2, 3],
            )
            try await store.write(worker, 1, [entry(0)], head)
            let found = try await store.found(1)
            #expect(found.status == .finished)
            #expect(found.reason == reason)
            #expect(found.problem == problem)
            #expect(found.result == [1, 2, 3])
            #expect(found.finishedAt == start + second)
            #expect(found.heldBy == nil)
            #expect(found.wakeAt == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases, ProblemType.allCases)
    func `every problem type is kept`(_ kind: StoreUnderTest, type: ProblemType) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.write(worker, 1, [], finished(.failed, problem: type))
            #expect(try await store.found(1).problem == type)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `only the holder writes`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: worker))
            try await store.make(new(2))
            try await store.make(new(3, heldBy: worker))
            try await store.write(worker, 3, [], finished())
            for (writer, number) in [(other, 1), (worker, 2), (worker, 3), (worker, 4)] {
                await #expect(throws: StoreError.leaseLost) {
                    try await store.write(writer, number, [entry(0)])
                }
            }
            #expect(try await store.journal(id(1)) == [])
            #expect(try await store.journal(id(3)) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `nothing is released as finished`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            await #expect(throws: StoreError.self) {
                try await store.write(worker, 1, [], .released(status: .finished, wakeAt: nil))
            }
            #expect(try await store.found(1).heldBy == worker.id)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `executions written at once do not mix`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        try await store.make(new(number, heldBy: worker))
                        for sequence in 0..<20 {
                            try await store.write(
                                worker,
                                number,
                                [entry(sequence, "\(number)/\(sequence)")],
                            )
                            // What returned is seen by reads that begin later.
                            let last = try await store.journal(id(number)).last
                            #expect(last == entry(sequence, "\(number)/\(sequence)"))
                        }
                        try await store.write(worker, number, [], finished())
                    }
                }
                try await group.waitForAll()
            }
            let counts = try await store.counts()
            #expect(
                counts == StoreCounts(queued: 0, running: 0, waiting: 0, queuedByInstance: [:])
            )
        }
    }
}
