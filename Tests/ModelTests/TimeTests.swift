import Model
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", Int64(0)), ("2026-11-23T19:42:00.250Z", 1_795_462_920_250),
        ("2000-02-29T23:59:59+01:00", 951_865_199_000), ("1969-12-31T23:59:59.999Z", -1),
    ])
    func `a time reads and writes as RFC 3339`(_ text: String, _ milliseconds: Int64) throws {
        let time = try #require(Timestamp(text))
        #expect(time.milliseconds == milliseconds)
        #expect(Timestamp(time.description) == time)
    }

    @Test(arguments: ["2026-02-29T00:00:00Z", "2026-1-1T00:00:00Z", "2026-01-01", "now", ""])
    func `what is no time does not read`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test func `durations have one unit and a limit`() {
        #expect(TimeSpan("500ms")?.milliseconds == 500)
        #expect(TimeSpan("7d")?.description == "7d" && TimeSpan("90s")?.description == "90s")
        for text in ["12:30", "5", "m", "-1s", "1.5s", "99999d", "5 m", ""] {
            #expect(TimeSpan(text) == nil)
        }
    }

    @Test func `an execution id reads back from its text and sorts by time`() {
        let first = ExecutionID(milliseconds: ExecutionID.epoch + 1, worker: 1023, sequence: 4095)
        let second = ExecutionID(milliseconds: ExecutionID.epoch + 2, worker: 0, sequence: 0)
        #expect(ExecutionID(first.description) == first)
        #expect(first < second && first.description < second.description)
        #expect(ExecutionID("exe_zzzzzzzzzzzzz") == nil && ExecutionID("exe_1") == nil)
    }
}
