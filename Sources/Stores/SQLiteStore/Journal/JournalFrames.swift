import Model
import StorePort

/// How one write lies in one journal row: frames one after the other.
///
/// A frame is a tag and its bytes. The tag is an unsigned LEB128 number, `length << 2 | kind`, where
/// kind 0 is an entry, 1 the execution's input and 2 its result. One row for each write instead of
/// one for each entry saves a B-tree insertion and about ten bytes for each further entry.
struct JournalFrames {
    enum Kind: UInt8 { case entry, input, result }

    private(set) var bytes: [UInt8] = []

    init(reserving count: Int) { bytes.reserveCapacity(count) }

    mutating func append(_ kind: Kind, _ payload: [UInt8]) {
        var tag = UInt64(payload.count) << 2 | UInt64(kind.rawValue)
        while tag > 0x7f {
            bytes.append(UInt8(tag & 0x7f) | 0x80)
            tag >>= 7
        }
        bytes.append(UInt8(tag))
        bytes.append(contentsOf: payload)
    }

    /// Calls `visit` with each frame. Throws `corrupt` when the bytes are not frames.
    static func read(
        _ buffer: UnsafeRawBufferPointer,
        visit: (Kind, UnsafeRawBufferPointer) -> Void,
    ) throws {
        var index = 0
        while index < buffer.count {
            var tag: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                guard index < buffer.count, shift < 63 else { throw damaged }
                let byte = buffer[index]
                index += 1
                tag |= UInt64(byte & 0x7f) << shift
                shift += 7
                if byte < 0x80 { break }
            }
            let length = Int(tag >> 2)
            guard let kind = Kind(rawValue: UInt8(tag & 3)), length <= buffer.count - index else {
                throw damaged
            }
            visit(kind, UnsafeRawBufferPointer(rebasing: buffer[index..<index + length]))
            index += length
        }
    }

    private static let damaged = StoreError.corrupt("a journal row is damaged")
}
