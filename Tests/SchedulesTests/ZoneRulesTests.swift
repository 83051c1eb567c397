import Foundation
import Model
import Schedules
import Testing

@Suite struct ZoneRulesTests {
    private static func at(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    private static func rule(_ text: String) throws -> YearlyRule {
        try #require(YearlyRule(posix: text.utf8))
    }

    // MARK: The POSIX form

    @Test func `a rule changes the offset at its two dates`() throws {
        let rule = try Self.rule("CET-1CEST,M3.5.0,M10.5.0/3")
        let spring = try Self.at("2027-03-28T01:00:00Z")
        #expect(rule.offset(at: spring - TimeSpan(milliseconds: 1)) == 3600)
        #expect(rule.offset(at: spring) == 7200)
        let autumn = try Self.at("2027-10-31T01:00:00Z")
        #expect(
            rule.transition(after: spring) == ZoneTransition(at: autumn, before: 7200, after: 3600)
        )
        #expect(rule.transition(atOrBefore: autumn)?.at == autumn)
        #expect(rule.transition(atOrBefore: autumn - TimeSpan(milliseconds: 1))?.at == spring)
    }

    static let offsets: [(String, String, Int)] = [
        ("UTC0", "2027-07-01T00:00:00Z", 0), ("<+0545>-5:45", "2027-07-01T00:00:00Z", 20_700),
        ("EST5EDT,M3.2.0,M11.1.0", "2027-07-01T00:00:00Z", -14_400),
        ("EST5EDT,M3.2.0,M11.1.0", "2027-01-01T00:00:00Z", -18_000),
        // South of the equator the year begins with daylight-saving time.
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-01-01T00:00:00Z", 39_600),
        ("<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "2027-07-01T00:00:00Z", 37_800),
        // Ireland: standard time in summer, and less in winter.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-01-01T00:00:00Z", 0),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", "2027-07-01T00:00:00Z", 3600),
        // Hours before midnight and after the next.
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T00:59:59Z", -7200),
        ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2027-03-28T01:00:00Z", -3600),
        ("EET-2EEST,M3.4.4/50,M10.4.4/50", "2027-03-27T00:00:00Z", 10_800),
        // Daylight-saving time all year, as RFC 8536 writes it.
        ("EST5EDT,0/0,J365/25", "2027-01-01T04:59:59Z", -14_400),
        ("EST5EDT,0/0,J365/25", "2027-01-01T05:00:00Z", -14_400),
        // Day 60 with and without the leap day.
        ("AAA0BBB,J60/0,J300", "2028-02-29T12:00:00Z", 0),
        ("AAA0BBB,J60/0,J300", "2028-03-01T00:00:00Z", 3600),
        ("AAA0BBB,59/0,J300", "2028-02-29T00:00:00Z", 3600),
        ("AAA0BBB,59/0,J300", "2027-03-01T00:00:00Z", 3600),
        ("AAA0BBB,59/0,J300", "2027-02-28T23:59:59Z", 0),
    ]

    @Test(arguments: offsets)
    func `the offset of a rule at a moment`(text: String, time: String, offset: Int) throws {
        #expect(try Self.rule(text).offset(at: Self.at(time)) == offset)
    }

    @Test func `daylight-saving time all year has no changes`() throws {
        let rule = try Self.rule("EST5EDT,0/0,J365/25")
        let time = try Self.at("2027-06-01T00:00:00Z")
        #expect(rule.transition(after: time) == nil)
        #expect(rule.offset(at: time) == -14_400)
    }

    @Test(arguments: [
        "", "C-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0", "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J5", "<CET-1",
        "CET-1CEST,366,5", "CET-1CEST,M3.5.0,M10.5.0/168", "CET-1CEST,M3.5.0,M10.5.0 ", "CET-1:60",
        "CET-1CEST,M3.5.0,M10.5.0,M1.1.1", "ÄÖÜ-1",
    ])
    func `a rule that is none is refused`(text: String) {
        #expect(YearlyRule(posix: text.utf8) == nil)
    }

    // MARK: Lists of changes

    @Test func `a list of changes must be sorted, whole and in range`() throws {
        let early = try Self.at("2027-01-01T00:00:00Z")
        let late = try Self.at("2028-01-01T00:00:00Z")
        func zone(_ initial: Int, _ changes: [(Timestamp, Int)]) -> TransitionZone? {
            TransitionZone(
                initial: initial,
                changes: changes.map { TransitionZone.Change(at: $0.0, offset: $0.1) },
            )
        }
        #expect(zone(0, [(late, 3600), (early, 0)]) == nil)
        #expect(zone(0, [(early, 3600), (early, 0)]) == nil)
        #expect(zone(0, [(early + TimeSpan(milliseconds: 5), 3600)]) == nil)
        #expect(zone(100_000, []) == nil)
        #expect(zone(0, [(early, -100_000)]) == nil)
        let good = try #require(zone(0, [(early, 0), (late, 3600)]))
        #expect(good.transition(after: early - TimeSpan(milliseconds: 9))?.at == late)
        #expect(good.transition(atOrBefore: early) == nil)
        #expect(good.offset(at: late) == 3600 && good.offset(at: early) == 0)
        #expect(good.transition(after: late) == nil)
    }

    @Test(.enabled(if: Zoneinfo.isThere), arguments: Zoneinfo.names)
    func `changes and offsets tell the same story`(name: String) throws {
        let zone = try Zoneinfo.zone(name)
        var random = SeededRandom(seed: 7)
        let tick = TimeSpan(milliseconds: 1)
        for _ in 0..<300 {
            let time = Timestamp(
                milliseconds: Int64(random.number(-2_000_000...5_000_000)) * 1_000_000
            )
            if let change = zone.transition(after: time) {
                #expect(change.at > time && change.before != change.after)
                #expect(zone.offset(at: time) == change.before)
                #expect(zone.offset(at: change.at - tick) == change.before)
                #expect(zone.offset(at: change.at) == change.after)
                #expect(zone.transition(atOrBefore: change.at) == change)
                #expect(zone.transition(after: change.at - tick) == change)
            }
            if let change = zone.transition(atOrBefore: time) {
                #expect(change.at <= time)
                #expect(zone.offset(at: time) == change.after)
            }
        }
    }

    @Test(
        .enabled(if: Zoneinfo.isThere),
        arguments: Zoneinfo.names.filter { $0 != "Africa/Casablanca" },
    )
    func `offsets are those of Foundation`(name: String) throws {
        let zone = try Zoneinfo.zone(name)
        let known = try #require(TimeZone(identifier: name))
        var random = SeededRandom(seed: 11)
        for _ in 0..<1000 {
            let second = random.number(200_000_000...2_500_000_000)
            let expected = known.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
            let time = Timestamp(milliseconds: Int64(second) * 1000)
            #expect(zone.offset(at: time) == expected, "\(time)")
        }
    }

    @Test(.enabled(if: Zoneinfo.isThere))
    func `Casablanca leaves daylight-saving time for Ramadan`() throws {
        let zone = try Zoneinfo.zone("Africa/Casablanca")
        let change = try #require(zone.transition(after: try Self.at("2024-01-01T00:00:00Z")))
        #expect(
            change
                == ZoneTransition(at: try Self.at("2024-03-10T02:00:00Z"), before: 3600, after: 0)
        )
    }
}
