import Model
import Synchronization

/// Patterns that were compiled lately; nearly all patterns are literals of a workflow.
final class RegexCache: Sendable {
    static let shared = RegexCache()
    static let limit = 256

    private struct Key: Hashable {
        var source: String
        var options: Int
    }

    private let known = Mutex<[Key: LinearRegex]>([:])

    func regex(
        _ source: String,
        _ options: LinearRegex.Options,
    ) throws(RegexError) -> LinearRegex {
        let key = Key(source: source, options: options.rawValue)
        if let regex = known.withLock({ $0[key] }) { return regex }
        let regex = try LinearRegex(source, options: options)
        known.withLock { known in
            if known.count >= Self.limit { known.removeAll() }
            known[key] = regex
        }
        return regex
    }
}
