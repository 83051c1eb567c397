import Breakers
import Foundation
import Model
import Testing

/// docs/reference/connections.md states every limit as it is.
@Suite struct ConnectionsPageTests {
    private static let page: String = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let url = root.appendingPathComponent("docs/reference/connections.md")
        // tidy: without the page every test here fails
        return (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    }()

    private static func seconds(_ span: TimeSpan) -> String { "\(span.milliseconds / 1_000) s" }

    private static func count(_ number: Int) -> String {
        number < 1_000
            ? "\(number)" : "\(number / 1_000)," + "\(1_000 + number % 1_000)".dropFirst()
    }

    @Test func `every limit has a row with its number`() {
        let policy = BreakerPolicy()
        let share = Int(policy.failureRate * 100)
        let rows = [
            ("failures in a row that open a breaker", "\(policy.failuresInARow)"),
            (
                "or share of failures",
                "\(share) % of at least \(policy.rateCalls) attempts within "
                    + Self.seconds(policy.window),
            ),
            ("failures in a row from which a connection is degraded", "\(policy.degradedAfter)"),
            (
                "open time after failures: first, longest",
                "\(Self.seconds(policy.openTime)), \(Self.seconds(policy.openLimit))",
            ),
            (
                "open time after refused credentials: first, longest",
                "\(Self.seconds(policy.refusedTime)), \(Self.seconds(policy.refusedLimit))",
            ),
            (
                "share of the open time that chance takes away, at most",
                "\(Int(policy.jitter * 100)) %",
            ),
            ("probes at once", "\(policy.probes)"),
            ("answered probes that close a breaker", "\(policy.answersToClose)"),
            ("time after which a silent probe is given up", Self.seconds(policy.probeTime)),
            ("executions that one connection parks", Self.count(policy.parkedMax)),
            ("time that an execution stays parked", "\(policy.parkedFor)"),
            (
                "parked executions that one connection resumes in a second",
                "\(policy.resumedPerSecond)",
            ),
            ("time after which a parked execution asks by itself", "\(policy.parkedRecheck)"),
            ("factor of a 429 on the rate", "\(policy.rateFactor)"),
            (
                "gain of the rate in a second without one",
                "\(policy.rateGain) attempts per second",
            ),
            ("least rate", "\(policy.rateMin) attempts per second"),
            (
                "rate from which no limit is kept",
                "\(Self.count(Int(policy.rateMax))) attempts per second, or twice of what was too much",
            ),
            (
                "pause after a 429: least, longest",
                "\(Self.seconds(policy.pauseTime)), \(Self.seconds(policy.pauseLimit))",
            ),
        ]
        for (name, value) in rows {
            #expect(Self.page.contains("\n| \(name) | \(value) |\n"), "\(name): \(value)")
        }
    }

    @Test func `every problem type is told of`() {
        for type in [ProblemType.authentication, .communication, .service, .timeout, .rateLimit] {
            #expect(Self.page.contains("`\(type.rawValue)`"), "\(type)")
        }
        for number in 3_150...3_154 { #expect(Self.page.contains("| `B\(number)` |")) }
    }
}
