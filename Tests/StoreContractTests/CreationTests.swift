import Model
import StorePort
import Testing

@Suite struct CreationTests {
    @Test(arguments: StoreUnderTest.allCases)
    func `a queued execution is read back as it was given`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            var execution = new(1)
            execution.correlationID = "request-7"
            execution.parent = ParentReference(id: id(0), occurrence: "steps[0]", waits: true)
            try await store.make(execution)
            let found = try await store.found(1)
            #expect(found == StoredExecution(execution))
            #expect(found.status == .queued)
            #expect(found.heldBy == nil)
            #expect(try await store.journal(id(1)) == [])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an execution may begin with its creation`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            let entries = [entry(0, "started"), entry(1, "")]
            try await store.make(new(1, heldBy: worker, entries: entries))
            let found = try await store.found(1)
            #expect(found.status == .running)
            #expect(found.heldBy == worker.id)
            #expect(try await store.journal(id(1)) == entries)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `no solution, an empty instance and odd names are kept`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            let names = ["", "a\0b", "é", "e\u{301}", "%_*?[a]", "\u{1F600}"]
            for (number, name) in names.enumerated() {
                var execution = new(number, instance: name)
                execution.solution = number.isMultiple(of: 2) ? nil : ""
                execution.workflow = "w" + name
                try await store.make(execution)
            }
            for (number, name) in names.enumerated() {
                let found = try await store.found(number)
                #expect(Array(found.instance.utf8) == Array(name.utf8))
                #expect(Array(found.workflow.utf8) == Array("w\(name)".utf8))
                #expect(found.solution == (number.isMultiple(of: 2) ? nil : ""))
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases, [0, 1, 4_000, 70_000, 1_000_000])
    func `payloads of any size are kept`(_ kind: StoreUnderTest, size: Int) async throws {
        try await kind.run { store, worker in
            let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            var execution = new(
                1,
                heldBy: worker,
                entries: [JournalEntry(sequence: 0, payload: bytes)],
            )
            execution.input = bytes
            try await store.make(execution)
            let head = JournalWrite.Head.finished(
                reason: .handled,
                at: start,
                problem: nil,
                result: bytes,
            )
            try await store.write(worker, 1, [JournalEntry(sequence: 1, payload: bytes)], head)
            let found = try await store.found(1)
            #expect(found.input == bytes)
            #expect(found.result == bytes)
            #expect(try await store.journal(id(1)).map(\.payload) == [bytes, bytes])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `an id is used once`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            try await store.make(new(1))
            await #expect(throws: StoreError.corrupt("\(id(1)) exists already")) {
                _ = try await store.create(new(1, instance: "other"))
            }
            #expect(try await store.found(1).instance == "acme")
            #expect(try await store.counts().queued == 1)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a worker that was given up creates nothing`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.leave(worker.id)
            await #expect(throws: StoreError.leaseLost) {
                _ = try await store.create(new(1, heldBy: worker))
            }
            #expect(try await store.execution(id(1)) == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `first entries are numbered from 0`(_ kind: StoreUnderTest) async throws {
        try await kind.run { (store: any Store, worker: Worker) async throws in
            for entries in [[entry(1)], [entry(0), entry(2)], [entry(0), entry(0)]] {
                await #expect(throws: StoreError.self) {
                    _ = try await store.create(new(1, heldBy: worker, entries: entries))
                }
            }
            #expect(try await store.execution(id(1)) == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a child is found by its parent and occurrence`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            for number in 1...3 {
                var child = new(number)
                child.parent = ParentReference(id: id(0), occurrence: "s[\(number)]", waits: true)
                try await store.make(child)
            }
            #expect(try await store.child(of: id(0), occurrence: "s[2]")?.id == id(2))
            #expect(try await store.child(of: id(0), occurrence: "s[4]") == nil)
            #expect(try await store.child(of: id(9), occurrence: "s[1]") == nil)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `definitions are kept by digest, the first one stays`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, _ in
            let first = StoredDefinition(
                digest: "d1",
                workflow: "w",
                solution: nil,
                source: "steps: []",
            )
            var second = first
            second.source = "changed"
            try await store.putDefinitions([first])
            try await store.putDefinitions([second])
            #expect(try await store.definition(digest: "d1") == first)
            #expect(try await store.definition(digest: "d2") == nil)
        }
    }
}
