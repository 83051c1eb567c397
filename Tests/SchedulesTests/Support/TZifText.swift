/// Writes files of the time zone database, right or wrong ones.
struct TZifText {
    var version: UInt8 = 50
    var times: [Int64] = []
    var indices: [UInt8] = []
    var offsets: [Int32] = [0]
    var leapCount: UInt32 = 0
    var footer = "UTC0"

    var bytes: [UInt8] {
        guard version != 0 else { return header(0) + block(4) }
        var empty = TZifText()
        empty.version = version
        return empty.header(version) + empty.block(4) + header(version) + block(8)
            + Array("\n\(footer)\n".utf8)
    }

    private func header(_ version: UInt8) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, Int(leapCount), times.count, offsets.count, 4] {
            bytes += Self.big(Int64(count), 4)
        }
        return bytes
    }

    private func block(_ width: Int) -> [UInt8] {
        var bytes = times.flatMap { Self.big($0, width) } + indices
        for offset in offsets { bytes += Self.big(Int64(offset), 4) + [0, 0] }
        bytes += Array("LMT\0".utf8)
        return bytes + [UInt8](repeating: 0, count: Int(leapCount) * (width + 4))
    }

    private static func big(_ value: Int64, _ width: Int) -> [UInt8] {
        (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> Int64($0 * 8)) }
    }
}
