import Alerting
import Definitions
import Embedding
import Model

/// SplitMix64: the same numbers from the same seed.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &self) }

    mutating func once(in count: Int) -> Bool { below(count) == 0 }
}

enum Sample {
    static let start = Timestamp(milliseconds: 1_800_000_000_000)

    /// FNV-1a, twice: no secret depends on it.
    static func digest(_ bytes: [UInt8]) -> String {
        var text = ""
        for seed in [14_695_981_039_346_656_037, 88_172_645_463_325_252] as [UInt64] {
            var hash = seed
            for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
            let digits = String(hash, radix: 16)
            text += String(repeating: "0", count: 16 - digits.count) + digits
        }
        return text
    }

    static func failure(
        _ number: Int64 = 1,
        at: Timestamp = start,
        instance: Int64 = 2,
        workflow: String = "sync",
        problem: Problem = Problem(.service, detail: "down"),
    ) -> Failure {
        var failure = Failure(
            id: ObjectID(.failure, rawValue: number),
            at: at,
            kind: .execution,
            instance: ObjectID(.instance, rawValue: instance),
            solution: "s",
            version: "1.0.0",
            workflow: workflow,
            user: ObjectID(.endUser, rawValue: instance),
            problem: problem,
        )
        failure.execution = ExecutionID(rawValue: number)
        failure.fingerprint = Fingerprint.make(failure, digest: digest)
        return failure
    }
}

extension Timestamp {
    static func + (left: Timestamp, right: Int64) -> Timestamp {
        Timestamp(milliseconds: left.milliseconds + right)
    }
}
