import Model
import StorePort
import Testing

@Suite struct LeaseTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `workers have their own ids and numbers`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            var workers: [Worker] = []
            for _ in 0..<5 { workers.append(try await store.register(now: start, lease: hour)) }
            #expect(Set(workers.map(\.id)).count == 5)
            #expect(Set(workers.map(\.number)).count == 5)
            #expect(workers.allSatisfy { (0...1023).contains($0.number) })
            try await store.leave(workers[4].id)
            let next = try await store.register(now: start, lease: hour)
            #expect(!workers.map(\.id).contains(next.id))
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what a worker leaves behind is due at once`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: worker, entries: [entry(0)]))
            try await store.make(new(2, heldBy: worker))
            try await store.write(worker, 2, [], .waiting)
            try await store.make(new(3))
            _ = try await store.claim(id(3), by: worker.id, now: start)
            try await store.make(new(4, heldBy: other))
            try await store.leave(worker.id)
            let claimed = try await store.claimed(other, at: start)
            #expect(claimed.map(\.id) == [id(1), id(2), id(3)])
            #expect(claimed.map(\.status) == [.running, .waiting, .queued])
            await #expect(throws: StoreError.leaseLost) {
                try await store.write(worker, 1, [entry(1)])
            }
            try await store.write(other, 1, [entry(1)])
            try await store.leave(worker.id)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a worker whose lease ran out is given up by the next claim`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.runEmpty { store in
            let late = try await store.register(now: start, lease: second)
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: late))
            #expect(try await store.claimed(other, at: start + second) == [])
            // Late, but nobody gave it up yet.
            try await store.heartbeat(late.id, now: start + second, lease: second)
            let now = start + TimeSpan(milliseconds: 2_001)
            try await store.write(late, 1, [entry(0)])
            #expect(try await store.claimed(other, at: now).map(\.id) == [id(1)])
            await #expect(throws: StoreError.leaseLost) {
                try await store.write(late, 1, [entry(1)])
            }
            await #expect(throws: StoreError.leaseLost) {
                try await store.heartbeat(late.id, now: now, lease: second)
            }
            await #expect(throws: StoreError.leaseLost) {
                _ = try await store.claimed(late, at: now)
            }
            await #expect(throws: StoreError.leaseLost) {
                _ = try await store.claim(id(1), by: late.id, now: now)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a claim by id gives up the late holder too`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let late = try await store.register(now: start, lease: second)
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: late))
            #expect(try await store.claim(id(1), by: other.id, now: start + second) == nil)
            let claimed = try await store.claim(id(1), by: other.id, now: start + hour)
            #expect(claimed?.heldBy == other.id)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a late worker may go on as long as it is alone`(_ kind: StoreUnderTest) async throws {
        try await kind.runEmpty { store in
            let worker = try await store.register(now: start, lease: second)
            try await store.make(new(1, heldBy: worker))
            #expect(try await store.claimed(worker, at: start + hour) == [])
            try await store.heartbeat(worker.id, now: start + hour, lease: second)
            try await store.write(worker, 1, [entry(0)])
        }
    }
}
