import Model
import StorePort
import Testing

/// Records that stand or fall with an execution's write.
@Suite struct AppendRecordsTests {
    private func append(
        _ store: any Store,
        _ worker: Worker,
        _ changes: [RecordChange],
        entries: [JournalEntry] = [entry(0)],
        head: JournalWrite.Head? = finished(.failed),
    ) async throws(StoreError) {
        try await store.append(
            JournalWrite(
                id: id(1),
                worker: worker.id,
                entries: entries,
                head: head,
                records: RecordWrite(changes, now: start),
            )
        )
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `records are written with the end of an execution`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await append(
                store,
                worker,
                [put("a", dueAt: start), put("b", labels: ["x": "y"])],
            )
            #expect(try await store.found(1).status == .finished)
            #expect(try await store.ids() == ["a", "b"])
            #expect(try await store.ids(labels: ["x": "y"]) == ["b"])
            #expect(try await store.claimedDue(at: start) == ["a"])
            #expect(try await store.found("a").createdAt == start)
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `a conflict of records leaves the execution as it was`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.changed(put("b"))
            let tries: [[RecordChange]] = [
                [put("a"), put("b", expected: .absent)],
                [put("b", expected: .version(7))],
                [delete("b", expected: .version(7))],
                [],
                [put("not an id")],
            ]
            for changes in tries {
                await #expect(throws: StoreError.self) {
                    try await append(store, worker, changes)
                }
            }
            #expect(try await store.journal(id(1)) == [])
            #expect(try await store.found(1).status == .running)
            #expect(try await store.ids() == ["b"])
            try await append(store, worker, [put("a", expected: .absent)])
            #expect(try await store.ids() == ["a", "b"])
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `what the execution's write is refused for writes no record`(
        _ kind: StoreUnderTest
    ) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            await #expect(throws: StoreError.self) {
                try await append(store, worker, [put("a")], entries: [entry(1)])
            }
            try await append(store, worker, [put("b")])
            await #expect(throws: StoreError.leaseLost) {
                try await append(store, worker, [put("a")], entries: [entry(1)])
            }
            #expect(try await store.ids() == ["b"])
        }
    }
}
