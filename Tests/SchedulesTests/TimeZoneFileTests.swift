import Model
import Schedules
import Testing

@Suite struct TimeZoneFileTests {
    private static let berlin = TZifText(
        times: [-1 << 59, 1000, 2000],
        indices: [1, 2, 1],
        offsets: [1234, 3600, 7200],
        footer: "CET-1CEST,M3.5.0,M10.5.0/3",
    )

    @Test func `a file has its changes, and its rule after the last of them`() throws {
        let zone = try TimeZoneFile.parse(Self.berlin.bytes)
        #expect(zone.offset(at: Timestamp(milliseconds: 999_999)) == 3600)
        #expect(zone.offset(at: Timestamp(milliseconds: 1_000_000)) == 7200)
        #expect(zone.offset(at: Timestamp(milliseconds: 2_000_000)) == 3600)
        let summer = try #require(Timestamp("2400-07-01T00:00:00Z"))
        #expect(zone.offset(at: summer) == 7200)
        // The change at the beginning of time is no change any more.
        #expect(zone.transition(atOrBefore: Timestamp(milliseconds: 0)) == nil)
    }

    @Test func `the first version has no rule`() throws {
        var text = Self.berlin
        text.version = 0
        text.times = [-2000, 1000, 2000]
        let zone = try TimeZoneFile.parse(text.bytes)
        #expect(zone.offset(at: Timestamp(milliseconds: -2_000_001)) == 1234)
        let summer = try #require(Timestamp("2027-07-01T00:00:00Z"))
        #expect(zone.offset(at: summer) == 3600)
    }

    @Test func `a file without changes is its rule, and without a rule its first type`() throws {
        let time = Timestamp(milliseconds: 0)
        #expect(
            try TimeZoneFile.parse(TZifText(offsets: [60], footer: "ABC-2").bytes)
                .offset(at: time) == 7200
        )
        #expect(
            try TimeZoneFile.parse(TZifText(offsets: [60], footer: "").bytes)
                .offset(at: time) == 60
        )
    }

    static let wrong: [(TimeZoneFile.Failure.Code, TZifText)] = [
        (.wrongIndex, TZifText(times: [1], indices: [1])),
        (.unsorted, TZifText(times: [2, 1], indices: [0, 0])),
        (.unsorted, TZifText(times: [1, 1], indices: [0, 0])),
        (.offsetOutOfRange, TZifText(offsets: [100_000])),
        (.timeOutOfRange, TZifText(times: [1 << 40], indices: [0])),
        (.leapSeconds, TZifText(leapCount: 1)), (.wrongCount, TZifText(offsets: [])),
        (.wrongFooter, TZifText(footer: "CET-1CEST")), (.notTZif, TZifText(version: 7)),
    ]

    @Test(arguments: wrong)
    func `a wrong file is refused at a place inside it`(
        code: TimeZoneFile.Failure.Code,
        text: TZifText,
    ) throws {
        let bytes = text.bytes
        let failure = try #require(throws: TimeZoneFile.Failure.self) {
            try TimeZoneFile.parse(bytes)
        }
        #expect(failure.code == code)
        #expect((0...bytes.count).contains(failure.offset))
    }

    @Test func `a file that ends early is refused, wherever it ends`() throws {
        let bytes = Self.berlin.bytes
        for count in 0..<bytes.count {
            let failure = try #require(throws: TimeZoneFile.Failure.self) {
                try TimeZoneFile.parse(Array(bytes.prefix(count)))
            }
            #expect(failure.code == (count < 4 ? .notTZif : .cutShort), "\(count) bytes")
        }
    }

    @Test func `a count that is larger than the file is refused`() throws {
        var bytes = Self.berlin.bytes
        bytes[20 + 12] = 0x7f
        let failure = try #require(throws: TimeZoneFile.Failure.self) {
            try TimeZoneFile.parse(bytes)
        }
        #expect(failure.code == .wrongCount)
    }

    @Test(.enabled(if: Zoneinfo.isThere), arguments: Zoneinfo.names)
    func `a changed byte makes another zone or a refusal, never a crash`(name: String) throws {
        let bytes = try Zoneinfo.bytes(name)
        var random = SeededRandom(seed: 3)
        var refused = 0
        for _ in 0..<300 {
            var changed = bytes
            changed[random.number(0...(bytes.count - 1))] = UInt8(random.number(0...255))
            do {
                let zone = try TimeZoneFile.parse(changed)
                let time = Timestamp(milliseconds: Int64(random.number(0...3_000_000)) * 1_000_000)
                #expect(TransitionZone.offsets.contains(zone.offset(at: time)))
            } catch { refused += 1 }
        }
        #expect((1..<300).contains(refused))
    }
}
