import Model
import StorePort
import Testing

@Suite struct SignalTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `the holder hears of a cancellation`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await store.make(new(1, heldBy: worker))
            let head = try await store.requestCancel(id(1), by: "ada", now: start)
            #expect(head.cancelRequestedBy == "ada")
            #expect(head.heldBy == worker.id)
            #expect(try await store.signals(for: other.id) == [])
            #expect(try await store.signals(for: worker.id) == [.cancelRequested(id(1))])
            #expect(try await store.signals(for: worker.id) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `the first who cancels is kept`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            for actor in ["ada", "grace", "ada"] {
                let head = try await store.requestCancel(id(1), by: actor, now: start)
                #expect(head.cancelRequestedBy == "ada")
            }
            #expect(try await store.signals(for: worker.id) == [.cancelRequested(id(1))])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a cancelled execution that nobody holds is due`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.write(
                worker,
                1,
                [],
                .released(status: .waiting, wakeAt: start + hour + hour),
            )
            try await store.make(new(2, heldBy: worker))
            try await store.write(worker, 2, [], .released(status: .waiting, wakeAt: nil))
            #expect(try await store.claimed(worker, at: start) == [])
            for number in [1, 2] {
                let head = try await store.requestCancel(id(number), by: "ada", now: start)
                #expect(head.wakeAt == nil)
            }
            let claimed = try await store.claimed(worker, at: start)
            #expect(claimed.map(\.id) == [id(1), id(2)])
            #expect(claimed.allSatisfy { $0.cancelRequestedBy == "ada" })
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a cancellation that comes while its holder lets go is not lost`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            _ = try await store.requestCancel(id(1), by: "ada", now: start)
            try await store.write(worker, 1, [], .released(status: .waiting, wakeAt: nil))
            #expect(try await store.claimed(worker, at: start).map(\.id) == [id(1)])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what finished or never was cannot be cancelled`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.write(worker, 1, [], finished())
            let head = try await store.requestCancel(id(1), by: "ada", now: start)
            #expect(head.status == .finished)
            #expect(head.cancelRequestedBy == nil)
            await #expect(throws: StoreError.notFound) {
                _ = try await store.requestCancel(id(2), by: "ada", now: start)
            }
            #expect(try await store.signals(for: worker.id) == [])
        }
    }

    private func family(
        _ store: any Store,
        parentOf parent: Worker,
        child: Worker,
        waits: Bool = true,
    ) async throws {
        try await store.make(new(1, heldBy: parent))
        var execution = new(2, heldBy: child)
        execution.parent = ParentReference(id: id(1), occurrence: "steps[0]", waits: waits)
        try await store.make(execution)
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a waiting parent's worker hears of the child's end`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await family(store, parentOf: worker, child: other)
            try await store.write(other, 2, [], finished())
            let signal = StoreSignal.childFinished(parent: id(1), child: id(2))
            #expect(try await store.signals(for: worker.id) == [signal])
            #expect(try await store.signals(for: worker.id) == [])
            #expect(try await store.signals(for: other.id) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a worker is not told what it did itself`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await family(store, parentOf: worker, child: worker)
            try await store.write(worker, 2, [], finished())
            #expect(try await store.signals(for: worker.id) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a parent that does not wait is left alone`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let other = try await store.register(now: start, lease: hour)
            try await family(store, parentOf: worker, child: other, waits: false)
            try await store.write(other, 2, [], finished())
            #expect(try await store.signals(for: worker.id) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a released parent is due when its child ends`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await family(store, parentOf: worker, child: worker)
            try await store.write(
                worker,
                1,
                [],
                .released(status: .waiting, wakeAt: start + hour + hour),
            )
            #expect(try await store.claimed(worker, at: start) == [])
            try await store.write(worker, 2, [], finished())
            #expect(try await store.claimed(worker, at: start).map(\.id) == [id(1)])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a parent released after its child ended is due`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await family(store, parentOf: worker, child: worker)
            try await store.write(worker, 2, [], finished())
            try await store.write(
                worker,
                1,
                [],
                .released(status: .waiting, wakeAt: start + hour + hour),
            )
            #expect(try await store.claimed(worker, at: start).map(\.id) == [id(1)])
            // Having been claimed, it may sleep again.
            try await store.write(
                worker,
                1,
                [],
                .released(status: .waiting, wakeAt: start + hour + hour),
            )
            #expect(try await store.claimed(worker, at: start) == [])
        }
    }
}
