import Model
import StorePort
import Testing

@Suite struct ClaimTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `queued executions are claimed oldest first, once`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            for number in [3, 1, 2, 5, 4] { try await store.make(new(number)) }
            let first = try await store.claimed(worker, limit: 2)
            #expect(first.map(\.id) == [id(1), id(2)])
            #expect(first.allSatisfy { $0.heldBy == worker.id && $0.status == .queued })
            #expect(first.first?.input == Array("{\"n\":1}".utf8))
            #expect(try await store.claimed(worker).map(\.id) == [id(3), id(4), id(5)])
            #expect(try await store.claimed(worker) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a timer is due at its time, not before`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            for (number, delay) in [(1, 5_000), (2, 3_000), (3, 9_000)] {
                try await store.make(new(number, heldBy: worker))
                let wake = start + TimeSpan(milliseconds: Int64(delay))
                try await store.write(
                    worker,
                    number,
                    [],
                    .released(status: .waiting, wakeAt: wake),
                )
            }
            #expect(try await store.nextWake() == start + TimeSpan(milliseconds: 3_000))
            let before = start + TimeSpan(milliseconds: 2_999)
            #expect(try await store.claimed(worker, at: before) == [])
            let at = start + TimeSpan(milliseconds: 3_000)
            let woken = try await store.claimed(worker, at: at)
            #expect(woken.map(\.id) == [id(2)])
            #expect(woken.first?.status == .waiting)
            #expect(woken.first?.wakeAt == nil)
            #expect(try await store.nextWake() == start + TimeSpan(milliseconds: 5_000))
            let after = start + TimeSpan(milliseconds: 9_001)
            #expect(Set(try await store.claimed(worker, at: after).map(\.id)) == [id(1), id(3)])
            #expect(try await store.nextWake() == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `released without a time, only queued is due`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            for (number, status) in [(1, ExecutionStatus.queued), (2, .waiting), (3, .running)] {
                try await store.make(new(number, heldBy: worker))
                try await store.write(
                    worker,
                    number,
                    [],
                    .released(status: status, wakeAt: nil),
                )
            }
            #expect(try await store.claimed(worker).map(\.id) == [id(1)])
            #expect(try await store.nextWake() == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `one execution is claimed by id while nobody holds it`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: worker))
            #expect(try await store.claim(id(1), by: other.id, now: start) == nil)
            #expect(try await store.claim(id(1), by: worker.id, now: start) == nil)
            try await store.write(worker, 1, [], .released(status: .waiting, wakeAt: nil))
            let claimed = try await store.claim(id(1), by: other.id, now: start)
            #expect(claimed?.heldBy == other.id)
            #expect(claimed?.status == .waiting)
            try await store.write(other, 1, [entry(0)], finished())
            #expect(try await store.claim(id(1), by: other.id, now: start) == nil)
            #expect(try await store.claim(id(2), by: other.id, now: start) == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `no execution is claimed twice, however many claim`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            for number in 0..<300 {
                try await store.make(new(number, instance: "customer-\(number % 7)"))
            }
            let claimed = try await withThrowingTaskGroup(of: [ExecutionID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let worker = try await store.register(now: start, lease: hour)
                        var mine: [ExecutionID] = []
                        while true {
                            let more = try await store.claimed(
                                worker,
                                at: start,
                                limit: 5,
                                perInstance: 2,
                            )
                            if more.isEmpty { return mine }
                            mine += more.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 300)
            #expect(Set(claimed).count == 300)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a noisy instance starves nobody`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            for number in 0..<500 { try await store.make(new(number, instance: "noisy")) }
            for number in 500..<510 {
                try await store.make(new(number, instance: "quiet-\(number)"))
            }
            let first = try await store.claimed(worker, limit: 16, perInstance: 4)
            #expect(first.count { $0.instance == "noisy" } <= 4)
            #expect(Set(first.map(\.instance)).count == 11)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `claims smaller than the number of instances go round`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            for number in 0..<40 {
                try await store.make(new(number, instance: "customer-\(number % 10)"))
            }
            var served: [String: Int] = [:]
            for _ in 0..<10 {
                let claimed = try await store.claimed(worker, limit: 2, perInstance: 1)
                #expect(claimed.count == 2)
                for head in claimed { served[head.instance, default: 0] += 1 }
            }
            #expect(served.count == 10)
            #expect(served.values.allSatisfy { $0 == 2 })
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `timers of one instance do not crowd out another's`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            for number in 0..<200 {
                let instance = number == 199 ? "quiet" : "noisy"
                try await store.make(new(number, instance: instance, heldBy: worker))
                let wake = start + TimeSpan(milliseconds: Int64(number))
                try await store.write(
                    worker,
                    number,
                    [],
                    .released(status: .waiting, wakeAt: wake),
                )
            }
            let claimed = try await store.claimed(worker, limit: 8, perInstance: 4)
            #expect(claimed.contains { $0.instance == "quiet" })
            #expect(claimed.count == 5)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `counts follow every change`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            func expect(
                _ queued: [String: Int],
                running: Int,
                waiting: Int,
                _ location: SourceLocation = #_sourceLocation,
            ) async throws {
                let counts = StoreCounts(
                    queued: queued.values.reduce(0, +),
                    running: running,
                    waiting: waiting,
                    queuedByInstance: queued,
                )
                #expect(try await store.counts() == counts, sourceLocation: location)
            }
            try await expect([:], running: 0, waiting: 0)
            try await store.make(new(1))
            try await store.make(new(2, instance: "globex"))
            try await store.make(new(3, heldBy: worker))
            try await expect(["acme": 1, "globex": 1], running: 1, waiting: 0)
            _ = try await store.claim(id(1), by: worker.id, now: start)
            try await expect(["globex": 1], running: 2, waiting: 0)
            try await store.write(worker, 1, [], .running)
            try await store.write(worker, 3, [], .waiting)
            try await expect(["globex": 1], running: 1, waiting: 1)
            try await store.write(worker, 1, [], .released(status: .queued, wakeAt: nil))
            try await store.write(worker, 3, [], .released(status: .waiting, wakeAt: nil))
            try await expect(["acme": 1, "globex": 1], running: 0, waiting: 1)
            _ = try await store.claim(id(3), by: worker.id, now: start)
            try await store.write(worker, 3, [], finished())
            try await expect(["acme": 1, "globex": 1], running: 0, waiting: 0)
            _ = try await store.claimed(worker)
            try await expect([:], running: 2, waiting: 0)
            try await store.leave(worker.id)
            try await expect(["acme": 1, "globex": 1], running: 0, waiting: 0)
        }
    }
}
