import Model

/// W3C Trace Context (level 1): a step's `traceparent`, in the caller's trace when it sent one.
enum TraceContext {
    static func traceparent(
        execution: ExecutionID,
        occurrence: String,
        trigger: JSONValue,
    ) -> String {
        let span = hash(occurrence, seed: UInt64(bitPattern: execution.rawValue))
        let given = trigger["headers"]?["traceparent"]?.stringValue
        let trace = given.flatMap(traceID) ?? hex(scrambled(execution)) + hex(~scrambled(execution))
        return "00-\(trace)-\(hex(span | 1))-01"
    }

    /// The trace id of a valid version 00 header.
    static func traceID(_ header: String) -> String? {
        let parts = header.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "00", parts[1].utf8.count == 32,
            parts[1].utf8.allSatisfy({ ($0 >= 48 && $0 <= 57) || ($0 >= 97 && $0 <= 102) }),
            parts[1].utf8.contains(where: { $0 != 48 })
        else { return nil }
        return String(parts[1])
    }

    private static func scrambled(_ id: ExecutionID) -> UInt64 {
        hash("", seed: UInt64(bitPattern: id.rawValue))
    }

    /// FNV-1a over the bytes, finished as SplitMix64 does.
    private static func hash(_ text: String, seed: UInt64) -> UInt64 {
        var value = seed ^ 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    private static func hex(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
