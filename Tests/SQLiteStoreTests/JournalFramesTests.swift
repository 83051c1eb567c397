import StorePort
import Testing

@testable import SQLiteStore

@Suite struct JournalFramesTests {
    private func read(_ bytes: [UInt8]) throws -> [(JournalFrames.Kind, [UInt8])] {
        var found: [(JournalFrames.Kind, [UInt8])] = []
        try bytes.withUnsafeBytes { buffer in
            try JournalFrames.read(buffer) { found.append(($0, Array($1))) }
        }
        return found
    }

    @Test func `frames come back as they went in`() throws {
        let sizes = [0, 1, 31, 32, 33, 4_095, 4_096, 300_000]
        var frames = JournalFrames(reserving: 0)
        for (index, size) in sizes.enumerated() {
            let kind = try #require(JournalFrames.Kind(rawValue: UInt8(index % 3)))
            frames.append(kind, [UInt8](repeating: UInt8(index), count: size))
        }
        let found = try read(frames.bytes)
        #expect(found.map(\.1.count) == sizes)
        #expect(found.map(\.0.rawValue) == sizes.indices.map { UInt8($0 % 3) })
        #expect(try read([]).isEmpty)
    }

    @Test(
        arguments: [
            [0x80], [4], [8, 1], [3], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
        ] as [[UInt8]]
    )
    func `damaged rows are found out`(_ bytes: [UInt8]) {
        #expect(throws: StoreError.self) { try read(bytes) }
    }

    @Test func `any bytes are read or refused`() {
        var state: UInt64 = 42
        for _ in 0..<20_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int(state >> 33) % 24 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes.append(UInt8(truncatingIfNeeded: state >> 56))
            }
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            do { _ = try read(bytes) } catch { #expect(error is StoreError) }
        }
    }

    @Test func `rows of an execution lie between its first and last key`() {
        for number: Int64 in [1, 2, 1 << 38] {
            let last = JournalKey.row(number, firstSequence: JournalKey.entriesMax)
            #expect(JournalKey.creation(number) < JournalKey.row(number, firstSequence: 0))
            #expect(last < JournalKey.end(number))
            #expect(JournalKey.end(number) == JournalKey.creation(number + 1))
            #expect(JournalKey.firstSequence(last) == JournalKey.entriesMax)
        }
    }
}
