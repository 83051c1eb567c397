import Model
import Schedules
import Testing

@Suite struct CronExpressionTests {
    static let same = [
        ("@hourly", "0 * * * *"), ("@daily", "0 0 * * *"), ("@midnight", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"), ("@monthly", "0 0 1 * *"), ("@yearly", "0 0 1 1 *"),
        ("@Annually", "0 0 1 1 *"), ("0 0 * * 7", "0 0 * * SUN"), ("0 0 * * 5-7", "0 0 * * 0,5,6"),
        ("0 0 * * fri-sun", "0 0 * * 5-7"), ("0 0 1 jan,Dec *", "0 0 1 1,12 *"),
        ("  0\t0 * *  * ", "0 0 * * *"), ("0 0 ? * ?", "0 0 * * *"), ("*/1 * * * *", "* * * * *"),
        ("0-59 * * * *", "* * * * *"), ("5/15 * * * *", "5,20,35,50 * * * *"),
        ("10-30/10 * * * *", "10,20,30 * * * *"), ("0 0 * * mon#1", "0 0 * * 1#1"),
        ("0 0 * * FRIL", "0 0 * * 5L"), ("0 0 l-2,lw,3w * *", "0 0 3W,LW,L-2 * *"),
        ("0 0 * * 7L", "0 0 * * 0L"), ("0 0 * JAN-DEC *", "0 0 * * *"),
        ("0 007 * * *", "0 7 * * *"),
        ("*/59 * * * *", "0,59 * * * *"), ("0 0 * * 0-7", "0 0 * * 0-6"),
    ]

    @Test(arguments: same)
    func `two ways to write one expression`(left: String, right: String) throws {
        #expect(try CronExpression(left) == CronExpression(right))
    }

    static let different = [
        ("0 0 */2 * 1", "0 0 1-31/2 * 1"), ("0 0 ? * 1", "0 0 1-31 * 1"),
        ("0 0 L * *", "0 0 L-1 * *"), ("0 0 * * 1#1", "0 0 * * 1#2"), ("0 0 1 * 1", "0 0 * * 1"),
    ]

    @Test(arguments: different)
    func `expressions that look alike and are not`(left: String, right: String) throws {
        #expect(try CronExpression(left) != CronExpression(right))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var text: String
        var code: CronError.Code
        var offset: Int
        var suggestion: String?
        var testDescription: String { text }

        init(_ text: String, _ code: CronError.Code, _ offset: Int, _ suggestion: String? = nil) {
            self.text = text
            self.code = code
            self.offset = offset
            self.suggestion = suggestion
        }
    }

    static let refusals = [
        Refusal("", .fieldCount, 0), Refusal("* * * *", .fieldCount, 7),
        Refusal("0 * * * * *", .fieldCount, 10), Refusal("0 0 0 1 1 ? 2027", .fieldCount, 10),
        Refusal("@dayly", .unknownNickname, 0, "@daily"), Refusal("@reboot", .unknownNickname, 0),
        Refusal("@", .unknownNickname, 0), Refusal("@daily 5", .unexpected, 7, "@daily"),
        Refusal("60 * * * *", .outOfRange, 0), Refusal("0 24 * * *", .outOfRange, 2),
        Refusal("0 0 0 * *", .outOfRange, 4), Refusal("0 0 32 * *", .outOfRange, 4),
        Refusal("0 0 * 13 *", .outOfRange, 6), Refusal("0 0 * 0 *", .outOfRange, 6),
        Refusal("0 0 * * 8", .outOfRange, 8), Refusal("0 0 * * 1-9", .outOfRange, 10),
        Refusal("0 0 * * 99999999999999999999", .outOfRange, 8),
        Refusal("0 22-2 * * *", .backwards, 2, "22-23,0-2"),
        Refusal("0 0 * * FRI-MON", .backwards, 8, "5-6,0-1"),
        Refusal("0 0 * DEC-JAN *", .backwards, 6, "12,1"),
        Refusal("*/0 * * * *", .invalidStep, 2), Refusal("*/90 * * * *", .invalidStep, 2),
        Refusal("0 */24 * * *", .invalidStep, 4), Refusal("*/ * * * *", .unexpected, 2),
        Refusal("1,,2 * * * *", .unexpected, 2), Refusal("1, * * * *", .unexpected, 2),
        Refusal("1- * * * *", .unexpected, 2), Refusal("-1 * * * *", .unexpected, 0),
        Refusal("*5 * * * *", .unexpected, 1), Refusal("5.5 * * * *", .unexpected, 1),
        Refusal("1-2-3 * * * *", .unexpected, 3), Refusal("*/5/5 * * * *", .unexpected, 3),
        Refusal("\u{660} * * * *", .unexpected, 0), Refusal("é * * * *", .unexpected, 0),
        Refusal("0 0 * JNA *", .unknownName, 6, "JAN"),
        Refusal("0 0 * * MONDAY", .unknownName, 8, "MON"), Refusal("MON * * * *", .unknownName, 0),
        Refusal("5x * * * *", .unknownName, 1), Refusal("0 0 * * WDE", .unknownName, 8, "WED"),
        Refusal("? * * * *", .misplaced, 0, "*"), Refusal("0 0 * ? *", .misplaced, 6, "*"),
        Refusal("L * * * *", .misplaced, 0), Refusal("0 0 * L *", .misplaced, 6),
        Refusal("0 0 * * L", .misplaced, 8, "SATL"), Refusal("0 0 * * 5W", .misplaced, 9),
        Refusal("0 0 5L * *", .misplaced, 5), Refusal("0 0 1#2 * *", .misplaced, 5),
        Refusal("0 0 W * *", .misplaced, 4), Refusal("0 0 * * 1#6", .outOfRange, 10),
        Refusal("0 0 * * 1#", .unexpected, 10), Refusal("0 0 * * #1", .unexpected, 8),
        Refusal("0 0 * * 1-2#1", .unexpected, 9), Refusal("0 0 L-31 * *", .outOfRange, 6),
        Refusal("0 0 L- * *", .unexpected, 6), Refusal("0 0 32W * *", .outOfRange, 4),
        Refusal("0 0 1-5W * *", .unexpected, 4), Refusal("0 0 30 2 *", .neverMatches, 4),
        Refusal("0 0 31 FEB,APR,JUN,SEP,NOV *", .neverMatches, 4),
        Refusal("0 0 L-29 2 ?", .neverMatches, 4), Refusal("0 0 30W 2 *", .neverMatches, 4),
    ]

    @Test(arguments: refusals)
    func `what is refused has its reason, its place and a sentence`(row: Refusal) throws {
        let error = try #require(throws: CronError.self) { try CronExpression(row.text) }
        #expect(error.code == row.code, "\(error)")
        #expect(error.offset == row.offset, "\(error)")
        #expect(error.suggestion == row.suggestion)
        #expect(error.message.hasSuffix(".") && error.message.count > 20)
    }

    @Test func `every reason to refuse has a row`() {
        #expect(Set(Self.refusals.map(\.code)) == Set(CronError.Code.allCases))
    }

    @Test(arguments: refusals.filter { $0.suggestion != nil && $0.code != .fieldCount })
    func `what is suggested can be read in its place`(row: Refusal) throws {
        let suggestion = try #require(row.suggestion)
        guard !suggestion.hasPrefix("@") else {
            _ = try CronExpression(suggestion)
            return
        }
        let fields = row.text.split(separator: " ")
        var mended: [[String]] = []
        for index in fields.indices {
            var words = fields.map(String.init)
            words[index] = suggestion
            mended.append(words)
        }
        #expect(
            mended.contains { words in
                (try? CronExpression(words.joined(separator: " "))) != nil  // tidy: other places
            }
        )
    }

    @Test func `a rare day is found at once`() throws {
        let rare = Schedule.cron(try CronExpression("0 0 29 2 */6"), FixedZone.utc)
        let start = try #require(Timestamp("2088-03-01T00:00:00Z"))
        // February 29 on a Saturday or Sunday: 2100 is no leap year.
        #expect(rare.next(after: start) == Timestamp("2116-02-29T00:00:00Z"))
    }

    @Test func `nothing is due after the year 9999 or before the year 0`() throws {
        let minutes = Schedule.cron(try CronExpression("* * * * *"), FixedZone(seconds: 5 * 3600))
        let end = try #require(Timestamp("9999-12-31T23:59:00Z"))
        #expect(minutes.next(after: end) == nil)
        #expect(minutes.next(after: end - TimeSpan(milliseconds: 1)) == end)
        #expect(minutes.next(after: Timestamp(milliseconds: .max)) == nil)
        #expect(
            minutes.next(after: Timestamp(milliseconds: .min)) == Timestamp("0000-01-01T00:00:00Z")
        )
        let every = Schedule.every(TimeSpan(milliseconds: 7000))
        #expect(every.next(after: Timestamp(milliseconds: .max)) == nil)
        let first = try #require(every.next(after: Timestamp(milliseconds: .min)))
        #expect(first.milliseconds % 7000 == 0 && first.description.hasPrefix("0000-01-01T00:00:0"))
    }

    @Test func `an interval is due at its multiples and its phase`() throws {
        let schedule = Schedule.every(
            TimeSpan(milliseconds: 60_000),
            phase: TimeSpan(milliseconds: 125_000),
        )
        let start = try #require(Timestamp("2027-01-01T00:00:04.999Z"))
        #expect(schedule.next(after: start) == Timestamp("2027-01-01T00:00:05Z"))
        #expect(
            schedule.next(after: start + TimeSpan(milliseconds: 1))
                == Timestamp("2027-01-01T00:01:05Z")
        )
        let before = try #require(Timestamp("1960-01-01T00:00:00Z"))
        #expect(schedule.next(after: before) == Timestamp("1960-01-01T00:00:05Z"))
        #expect(schedule.count(after: start, through: start + TimeSpan(milliseconds: 60_001)) == 2)
        #expect(Schedule.every(TimeSpan(milliseconds: 0)).next(after: start) == nil)
    }
}
