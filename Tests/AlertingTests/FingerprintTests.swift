import Alerting
import Model
import Testing

@Suite struct FingerprintTests {
    /// What differs from one occurrence to the next, and what is left of it.
    @Test(arguments: [
        ("no answer after 30000 ms", "no answer after <n> ms"),
        ("order 4711 is locked by 'Ada Lovelace'", "order <n> is locked by <text>"),
        ("GET https://api.example.com/x/17?y=1 failed.", "get <url> failed."),
        ("user ada@example.com is unknown", "user <email> is unknown"),
        ("id 550e8400-e29b-41d4-a716-446655440000!", "id <id>!"),
        ("row deadbeef01, at 12:30:01.5", "row <id>, at <n>"),
        ("it doesn't work", "it doesn't work"),
        ("token exe_01hzy3v7q2k8m4n5p6", "token <id>"),
        ("a  \n\t b", "a b"),
        ("", ""),
        ("\"open", "\"open"),
    ])
    func `a message is folded`(message: String, folded: String) {
        #expect(MessageNormaliser.fold(message) == folded)
    }

    @Test func `folding twice is folding once, and takes any text`() {
        let letters = Array("aB3-_.:,'\"`@/ \n\u{1F600}é()x0f")
        for seed in 0..<500 as Range<UInt64> {
            var random = SeededRandom(seed: seed)
            let text = String(
                (0..<random.below(60)).map { _ in letters[random.below(letters.count)] }
            )
            let once = MessageNormaliser.fold(text)
            #expect(!once.contains("  "), "seed \(seed)")
            #expect(MessageNormaliser.fold(once) == once, "seed \(seed): \(text)")
        }
        let long = String(repeating: "x", count: 100_000)
        #expect(MessageNormaliser.fold(long).utf8.count <= MessageNormaliser.scalarsMax)
    }

    @Test func `dynamic text does not splinter an issue, another place does`() {
        func of(_ failure: Failure) -> String { Fingerprint.make(failure, digest: Sample.digest) }
        let one = Sample.failure(problem: Problem(.service, detail: "order 17 of 'A' failed"))
        var other = Sample.failure(
            2,
            problem: Problem(.service, detail: "order 99 of 'B' failed"),
        )
        #expect(of(one) == of(other))
        #expect(of(one).hasPrefix("v1:") && of(one).count == 35)
        other.instance = nil
        #expect(of(one) == of(other), "many instances, one issue")
        other.workflow = "w2"
        #expect(of(one) != of(other))
        var third = one
        third.problem.step = "b"
        #expect(of(one) != of(third))
        third = Sample.failure(problem: Problem(.timeout, detail: "order 17 of 'A' failed"))
        #expect(of(one) != of(third))
    }

    @Test func `a problem's own fingerprint and code stand for the message`() {
        var one = Sample.failure(problem: Problem(.raised, detail: "alpha"))
        var other = Sample.failure(problem: Problem(.raised, detail: "beta"))
        one.problem.fingerprint = "stock"
        other.problem.fingerprint = "stock"
        #expect(
            Fingerprint.make(one, digest: Sample.digest)
                == Fingerprint.make(other, digest: Sample.digest)
        )
        #expect(
            Fingerprint.make(one, parts: [.instance], digest: Sample.digest)
                == Fingerprint.make(Sample.failure(9), parts: [.instance], digest: Sample.digest)
        )
    }
}
