#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The C library's functions, by builtin.
enum Mathematics {
    static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

    static func rounded(_ builtin: Builtin, _ value: Double) -> Double {
        switch builtin {
        case .floor: value.rounded(.down)
        case .ceil: value.rounded(.up)
        case .round: value.rounded(.toNearestOrAwayFromZero)
        case .trunc: value.rounded(.towardZero)
        default: value.magnitude
        }
    }

    static func logarithm(_ builtin: Builtin, _ value: Double) -> Double {
        switch builtin {
        case .log: log(value)
        case .log2: log2(value)
        case .log10: log10(value)
        default: exp(value)
        }
    }
}
