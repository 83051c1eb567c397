/// A regular expression for the durations of a range, so that a JSON Schema can refuse the others.
enum DurationPattern {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// - Parameter range: milliseconds.
    static func text(_ range: ClosedRange<Int64>) -> String {
        let parts = units.compactMap { unit -> String? in
            let low = (range.lowerBound + unit.milliseconds - 1) / unit.milliseconds
            let high = range.upperBound / unit.milliseconds
            guard low <= high else { return nil }
            return "(\(numbers(low, high).joined(separator: "|")))\(unit.suffix)"
        }
        return "^0*(\(parts.joined(separator: "|")))$"
    }

    /// Patterns of the numbers from `low` to `high` without leading zeros.
    private static func numbers(_ low: Int64, _ high: Int64) -> [String] {
        var patterns: [String] = []
        var low = low
        if low == 0 {
            patterns.append("0")
            low = 1
        }
        // Numbers of all digits between these lengths.
        var full: (from: Int, to: Int)?
        while low <= high {
            let digits = String(low).count
            var last: Int64 = 9
            for _ in 1..<digits { last = last * 10 + 9 }
            if low == last / 10 + 1, last <= high {
                full = (full?.from ?? digits, digits)
            } else {
                patterns += same(Array(String(low)), Array(String(min(last, high))))
            }
            low = last + 1
        }
        if let full {
            let least = full.from - 1
            let most = full.to - 1
            patterns.append("[1-9]" + (most == 0 ? "" : "[0-9]{\(least),\(most)}"))
        }
        return patterns
    }

    /// The same for two numbers of equally many digits.
    private static func same(_ low: [Character], _ high: [Character]) -> [String] {
        guard let first = low.first, let last = high.first else { return [""] }
        let lowRest = Array(low.dropFirst())
        let highRest = Array(high.dropFirst())
        if first == last { return same(lowRest, highRest).map { "\(first)\($0)" } }
        var patterns: [String] = []
        var from = first.wholeNumberValue ?? 0
        var to = last.wholeNumberValue ?? 9
        if lowRest.contains(where: { $0 != "0" }) {
            let nines = [Character](repeating: "9", count: lowRest.count)
            patterns += same(lowRest, nines).map { "\(first)\($0)" }
            from += 1
        }
        if highRest.contains(where: { $0 != "9" }) {
            let zeros = [Character](repeating: "0", count: highRest.count)
            patterns += same(zeros, highRest).map { "\(last)\($0)" }
            to -= 1
        }
        if from <= to {
            let rest = lowRest.isEmpty ? "" : "[0-9]{\(lowRest.count)}"
            patterns.append((from == to ? "\(from)" : "[\(from)-\(to)]") + rest)
        }
        return patterns
    }
}
