/// Random expressions, rare and frequent ones, and every form of item.
struct CronGenerator {
    var random: SeededRandom

    mutating func expression() -> String {
        let minute = random.pick(["*", "0", "30", "*/15", "7/20", "15-45/10", "59", list(0...59)])
        let hour = random.pick(["*", "*", "2", "3", "0", "1-3", "*/2", "0-23", "23", list(0...23)])
        let month = random.once(in: 4) ? list(1...12) : "*"
        return [minute, hour, day(), month, weekday()].joined(separator: " ")
    }

    private mutating func day() -> String {
        guard random.once(in: 2) else { return random.pick(["*", "*", "?", "*/2", "*/10"]) }
        return random.pick([
            "L", "L-3", "LW", "15W", "1W", "31W", "29", "31", "1-7", "25-31", "10,L", list(1...31),
        ])
    }

    private mutating func weekday() -> String {
        guard random.once(in: 2) else { return random.pick(["*", "*", "?", "*/3"]) }
        return random.pick(["0", "7", "1-5", "5-7", "0L", "5L", "7#1", "1#2", "3#5,6", list(0...7)])
    }

    private mutating func list(_ range: ClosedRange<Int>) -> String {
        (0..<random.number(1...3)).map { _ in
            let low = random.number(range)
            return random.once(in: 3) ? "\(low)-\(random.number(low...range.upperBound))" : "\(low)"
        }.joined(separator: ",")
    }
}
