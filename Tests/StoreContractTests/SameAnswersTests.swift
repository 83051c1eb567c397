import Model
import StorePort
import Testing

@Suite struct SameAnswersTests {
    /// The memory store is simple enough to be read; the others must answer as it does.
    @Test(arguments: UInt64(1)...16)
    func `every store gives the same answers to the same calls`(_ seed: UInt64) async throws {
        var all: [(StoreUnderTest, [String])] = []
        for kind in StoreUnderTest.allCases {
            try await kind.runEmpty { store in
                var calls = SeededCalls(seed: seed)
                await calls.run(500, on: store)
                all.append((kind, calls.answers))
            }
        }
        let reference = try #require(all.first)
        #expect(reference.1.count { $0 == "appended" } > 10, "the calls exercise too little")
        for (kind, answers) in all.dropFirst() {
            let difference = zip(reference.1, answers).enumerated().first { $1.0 != $1.1 }
            if let (number, (expected, found)) = difference {
                Issue.record(
                    "seed \(seed), answer \(number): \(kind) \(found), \(reference.0) \(expected)"
                )
            }
            #expect(answers.count == reference.1.count)
        }
    }
}
