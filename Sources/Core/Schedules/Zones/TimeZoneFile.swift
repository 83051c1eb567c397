import Model

/// The compiled form of the time zone database, RFC 8536: what lies in a system's zoneinfo folder.
package enum TimeZoneFile {
    package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
        package enum Code: String, Sendable, Hashable, CaseIterable {
            case notTZif, cutShort, wrongCount, wrongIndex, unsorted, offsetOutOfRange
            case timeOutOfRange, leapSeconds, wrongFooter
        }

        package var code: Code
        /// Where in the file, in bytes from its start.
        package var offset: Int

        package var description: String { "\(code.rawValue) at byte \(offset)" }
    }

    /// What lies outside the years 0 to 9999 is cut off.
    static let seconds: Range<Int64> = -62_167_219_200..<253_402_300_800

    /// Reads a file of version 1 or later. The footer's rule holds from the last change on; a
    /// file without a footer keeps its last offset.
    package static func parse(_ bytes: [UInt8]) throws(Failure) -> TransitionZone {
        var reader = Reader(bytes: bytes)
        let first = try reader.header()
        guard first.version > 1 else {
            return try zone(try reader.block(first, 4), nil, reader.position)
        }
        reader.position += first.size(4)
        let header = try reader.header()
        let block = try reader.block(header, 8)
        let start = reader.position
        let rule = try reader.footer()
        return try zone(block, rule, start)
    }

    private struct Header {
        var version = 0
        var isUTCCount = 0
        var isStandardCount = 0
        var leapCount = 0
        var timeCount = 0
        var typeCount = 0
        var characterCount = 0

        func size(_ width: Int) -> Int {
            timeCount * (width + 1) + typeCount * 6 + characterCount + leapCount * (width + 4)
                + isStandardCount + isUTCCount
        }
    }

    private struct Block {
        var initial = 0
        var changes: [(at: Int64, offset: Int)] = []
    }

    private static func zone(
        _ block: Block,
        _ rule: YearlyRule?,
        _ end: Int,
    ) throws(Failure) -> TransitionZone {
        var initial = block.initial
        var changes: [TransitionZone.Change] = []
        for change in block.changes {
            if change.at < seconds.lowerBound {
                initial = change.offset
            } else {
                let at = Timestamp(milliseconds: change.at * 1000)
                changes.append(TransitionZone.Change(at: at, offset: change.offset))
            }
        }
        guard let zone = TransitionZone(initial: initial, changes: changes, rule: rule) else {
            throw Failure(code: .unsorted, offset: end)
        }
        return zone
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        mutating func header() throws(Failure) -> Header {
            let start = position
            guard bytes.count - start >= 44 else {
                throw Failure(
                    code: bytes.starts(with: Array("TZif".utf8)) ? .cutShort : .notTZif,
                    offset: min(start, bytes.count),
                )
            }
            guard bytes[start..<(start + 4)].elementsEqual("TZif".utf8) else {
                throw Failure(code: .notTZif, offset: start)
            }
            var header = Header()
            header.version = bytes[start + 4] == 0 ? 1 : Int(bytes[start + 4]) - 48
            guard (1...9).contains(header.version) else {
                throw Failure(code: .notTZif, offset: start + 4)
            }
            position += 20
            header.isUTCCount = Int(number(4))
            header.isStandardCount = Int(number(4))
            header.leapCount = Int(number(4))
            header.timeCount = Int(number(4))
            header.typeCount = Int(number(4))
            header.characterCount = Int(number(4))
            let counts = [
                header.isUTCCount, header.isStandardCount, header.leapCount, header.timeCount,
                header.typeCount, header.characterCount,
            ]
            guard counts.allSatisfy({ (0...bytes.count).contains($0) }) else {
                throw Failure(code: .wrongCount, offset: start + 20)
            }
            return header
        }

        /// Big-endian, signed; the caller has made sure that the bytes are there.
        private mutating func number(_ width: Int) -> Int64 {
            var value: Int64 = Int64(Int8(bitPattern: bytes[position]))
            for byte in bytes[(position + 1)..<(position + width)] {
                value = value << 8 | Int64(byte)
            }
            position += width
            return value
        }

        mutating func block(_ header: Header, _ width: Int) throws(Failure) -> Block {
            let start = position
            let end = start + header.size(width)
            guard end <= bytes.count else { throw Failure(code: .cutShort, offset: bytes.count) }
            guard (1...256).contains(header.typeCount) else {
                throw Failure(code: .wrongCount, offset: start)
            }
            guard header.leapCount == 0 else { throw Failure(code: .leapSeconds, offset: start) }
            var times: [Int64] = []
            for _ in 0..<header.timeCount {
                let time = number(width)
                guard time > times.last ?? .min else {
                    throw Failure(code: .unsorted, offset: position - width)
                }
                guard time < TimeZoneFile.seconds.upperBound else {
                    throw Failure(code: .timeOutOfRange, offset: position - width)
                }
                times.append(time)
            }
            let indices = bytes[position..<(position + header.timeCount)]
            position += header.timeCount
            if let wrong = indices.firstIndex(where: { Int($0) >= header.typeCount }) {
                throw Failure(code: .wrongIndex, offset: wrong)
            }
            var offsets: [Int] = []
            for _ in 0..<header.typeCount {
                let offset = Int(number(4))
                guard TransitionZone.offsets.contains(offset) else {
                    throw Failure(code: .offsetOutOfRange, offset: position - 4)
                }
                offsets.append(offset)
                position += 2
            }
            position = end
            let changes = zip(times, indices).map { (at: $0, offset: offsets[Int($1)]) }
            return Block(initial: offsets[0], changes: changes)
        }

        /// A line of its own, empty when there is no rule.
        mutating func footer() throws(Failure) -> YearlyRule? {
            let start = position
            guard start < bytes.count, bytes[start] == 10,
                let end = bytes[(start + 1)...].firstIndex(of: 10)
            else { throw Failure(code: .cutShort, offset: min(start, bytes.count)) }
            position = end + 1
            let text = bytes[(start + 1)..<end]
            if text.isEmpty { return nil }
            guard let rule = YearlyRule(posix: text) else {
                throw Failure(code: .wrongFooter, offset: start + 1)
            }
            return rule
        }
    }
}
