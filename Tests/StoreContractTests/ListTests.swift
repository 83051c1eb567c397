import Model
import StorePort
import Testing

@Suite struct ListTests {
    /// 1...12: three workflows, two instances; 1...6 finished, 7...8 waiting, 9...10 queued,
    /// 11...12 running.
    private func fill(_ store: any Store, _ worker: Worker) async throws {
        for number in 1...12 {
            let isQueued = (9...10).contains(number)
            var execution = new(
                number,
                instance: number.isMultiple(of: 2) ? "acme" : "globex",
                heldBy: isQueued ? nil : worker,
            )
            execution.workflow = "w\(number % 3)"
            execution.solution = number.isMultiple(of: 4) ? nil : "orders"
            execution.correlationID = number.isMultiple(of: 5) ? "five" : nil
            execution.digest = "digest-\(number)"
            if number > 6 {
                execution.parent = ParentReference(
                    id: id(1),
                    occurrence: "s\(number)",
                    waits: false,
                )
            }
            try await store.make(execution)
            let reasons: [ExecutionReason] = [.succeeded, .failed, .handled]
            switch number {
            case 1...6:
                try await store.write(worker, number, [], finished(reasons[(number - 1) % 3]))
            case 7...8:
                try await store.write(worker, number, [], .waiting)
            default: break
            }
        }
    }

    private struct Case: Sendable {
        var name: String
        var expected: [Int]
        var set: @Sendable (inout ExecutionQuery) -> Void

        init(
            _ name: String,
            _ expected: [Int],
            set: @escaping @Sendable (inout ExecutionQuery) -> Void,
        ) {
            self.name = name
            self.expected = expected
            self.set = set
        }
    }

    private static let cases: [Case] = [
        Case("all", Array((1...12).reversed())) { _ in },
        Case("limit", [12, 11, 10]) { $0.limit = 3 },
        Case("before", [4, 3, 2]) { ($0.before, $0.limit) = (id(5), 3) },
        Case("finished", [6, 5, 4, 3, 2, 1]) { $0.status = .finished },
        Case("waiting", [8, 7]) { $0.status = .waiting },
        Case("queued", [10, 9]) { $0.status = .queued },
        Case("running, page", [11]) { ($0.status, $0.before) = (.running, id(12)) },
        Case("failed", [5, 2]) { $0.reason = .failed },
        Case("succeeded", [4, 1]) { $0.reason = .succeeded },
        Case("failed, page", [2]) { ($0.reason, $0.before) = (.failed, id(5)) },
        Case("cancelled", []) { $0.reason = .cancelled },
        Case("finished and handled", [6, 3]) { ($0.status, $0.reason) = (.finished, .handled) },
        Case("waiting and failed", []) { ($0.status, $0.reason) = (.waiting, .failed) },
        Case("workflow", [12, 9, 6, 3]) { $0.workflow = "w0" },
        Case("no such workflow", []) { $0.workflow = "w" },
        Case("solution", [11, 10, 9, 7, 6, 5, 3, 2, 1]) { $0.solution = "orders" },
        Case("instance", [12, 10, 8, 6, 4, 2]) { $0.instance = "acme" },
        Case("instance and workflow", [12, 6]) { ($0.instance, $0.workflow) = ("acme", "w0") },
        Case("instance, page", [8, 6]) {
            ($0.instance, $0.before, $0.limit) = ("acme", id(10), 2)
        },
        Case("instance and status", [10]) { ($0.instance, $0.status) = ("acme", .queued) },
        Case("workflow and reason", [5, 2]) { ($0.workflow, $0.reason) = ("w2", .failed) },
        Case("no such instance and status", []) { ($0.instance, $0.status) = ("z", .queued) },
        Case("correlation", [10, 5]) { $0.correlationID = "five" },
        Case("correlation and instance", [10]) {
            ($0.correlationID, $0.instance) = ("five", "acme")
        },
        Case("correlation and status", [5]) {
            ($0.correlationID, $0.status) = ("five", .finished)
        },
        Case("parent", [12, 11, 10, 9, 8, 7]) { $0.parent = id(1) },
        Case("parent and workflow", [12, 9]) { ($0.parent, $0.workflow) = (id(1), "w0") },
        Case("from", [12, 11]) { $0.createdFrom = id(11).createdAt },
        Case("to", [2, 1]) { $0.createdTo = id(3).createdAt },
        Case("from, to, before", [4, 3]) {
            ($0.createdFrom, $0.createdTo) = (id(3).createdAt, id(6).createdAt)
            $0.before = id(5)
        },
        Case("far future", []) { $0.createdFrom = Timestamp(milliseconds: .max) },
        Case("until the far future", [12]) {
            ($0.createdTo, $0.limit) = (Timestamp(milliseconds: .max), 1)
        },
        Case("since ever", [12]) { ($0.createdFrom, $0.limit) = (Timestamp(milliseconds: 0), 1) },
    ]

    @Test(arguments: StoreUnderTest.allCases)
    func `filters narrow a list, newest first`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await fill(store, worker)
            for example in Self.cases {
                var query = ExecutionQuery()
                example.set(&query)
                let found = try await store.executions(query).map(\.id)
                #expect(found == example.expected.map { id($0) }, "\(example.name)")
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `pages put together are the whole`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await fill(store, worker)
            for instance in [nil, "acme"] {
                var query = ExecutionQuery(limit: 500)
                query.instance = instance
                let whole = try await store.executions(query)
                query.limit = 4
                var pages: [StoredExecution] = []
                repeat {
                    let page = try await store.executions(query)
                    pages += page
                    query.before = page.last?.id
                    if page.count < 4 { break }
                } while true
                #expect(pages == whole)
            }
        }
    }

    @Test(arguments: StoreUnderTest.allCases)
    func `bodies are left out when they are not wanted`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, worker in
            try await store.make(new(1, heldBy: worker))
            try await store.write(worker, 1, [], finished())
            var query = ExecutionQuery()
            #expect(try await store.executions(query) == [try await store.found(1)])
            query.includesBodies = false
            for instance in [nil, "acme"] {
                query.instance = instance
                let head = try #require(try await store.executions(query).first)
                #expect(head.input == [])
                #expect(head.result == nil)
                #expect(head.reason == .succeeded)
            }
        }
    }

    /// SQLite chooses another way when a filter fits many combinations.
    @Test(arguments: StoreUnderTest.allCases)
    func `a workflow of very many instances is listed too`(_ kind: StoreUnderTest) async throws {
        try await kind.run { store, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<300 {
                    group.addTask {
                        try await store.make(new(number, instance: "customer-\(number)"))
                    }
                }
                try await group.waitForAll()
            }
            var query = ExecutionQuery(limit: 3)
            query.workflow = "push-order"
            #expect(try await store.executions(query).map(\.id) == [id(299), id(298), id(297)])
            query.solution = "none"
            #expect(try await store.executions(query) == [])
        }
    }
}
