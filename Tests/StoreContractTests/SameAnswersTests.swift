import Model
import StorePort
import Testing

/// The memory store is simple enough to be read; the others must answer as it does.
@Suite struct SameAnswersTests {
    @Test(arguments: UInt64(1)...16)
    func `every store gives the same answers to the same calls`(_ seed: UInt64) async throws {
        let answers = try await compare(seed) { store in
            var calls = SeededCalls(seed: seed)
            await calls.run(500, on: store)
            return calls.answers
        }
        #expect(answers.count { $0 == "appended" } > 10, "the calls exercise too little")
    }

    @Test(arguments: UInt64(1)...16)
    func `every store gives the same answers about records`(_ seed: UInt64) async throws {
        let answers = try await compare(seed) { store in
            var calls = SeededRecordCalls(seed: seed)
            await calls.run(500, on: store)
            return calls.answers
        }
        for part in ["done(", "conflict(", "unique(", "version(", "[StorePort.Record(", "corrupt("]
        {
            let count = answers.count { $0.contains(part) }
            #expect(count > 5, "the calls exercise too little: \(part) \(count) times")
        }
    }

    /// What the first store answered, after the others were held against it.
    private func compare(
        _ seed: UInt64,
        _ answers: (any Store) async -> [String],
    ) async throws -> [String] {
        var all: [(StoreUnderTest, [String])] = []
        for kind in StoreUnderTest.allCases {
            try await kind.runEmpty { store in all.append((kind, await answers(store))) }
        }
        let reference = try #require(all.first)
        for (kind, answers) in all.dropFirst() {
            let difference = zip(reference.1, answers).enumerated().first { $1.0 != $1.1 }
            if let (number, (expected, found)) = difference {
                Issue.record(
                    "seed \(seed), answer \(number): \(kind) \(found), \(reference.0) \(expected)"
                )
            }
            #expect(answers.count == reference.1.count)
        }
        return reference.1
    }
}
