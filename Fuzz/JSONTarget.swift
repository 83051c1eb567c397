import Model

/// JSON texts: what is read is written so that it reads back the same; what is refused has its
/// number and a place inside the text.
enum JSONTarget {
    static func run(_ bytes: [UInt8]) {
        let strict = read(bytes, JSONLimits())
        let lenient = read(bytes, JSONLimits(refusesDuplicateKeys: false))
        switch strict {
        case .success(let value):
            guard case .success(let same) = lenient else { broken("lenient refuses more") }
            insist(same == value, "lenient reads another value")
        case .failure(let error) where error.code != .duplicateKey:
            guard case .failure(let same) = lenient else { broken("\(error) is not JSON at all") }
            insist(same == error, "lenient refuses for another reason: \(error), \(same)")
        case .failure: break
        }
        if case .success(let value) = lenient { checkWriting(value) }
    }

    /// The value, or a refusal that was checked.
    static func read(_ bytes: [UInt8], _ limits: JSONLimits) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONParser.parse(bytes, limits: limits))
        } catch {
            insist(isNumbered(error.code.rawValue), "\(error) has no number")
            insist(!error.message.isEmpty, "\(error.code) says nothing")
            insist((0...bytes.count).contains(error.offset), "\(error) is outside the text")
            let before = bytes[..<error.offset]
            let lineStart = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
            insist(error.line == before.count { $0 == 10 } + 1, "\(error): wrong line")
            insist(error.column == error.offset - lineStart + 1, "\(error): wrong column")
            return .failure(error)
        }
    }

    private static func checkWriting(_ value: JSONValue) {
        let compact = JSONWriter.bytes(value)
        insist(JSONWriter.encodedSize(value) == compact.count, "the size is wrong")
        for (pretty, sorted) in [(false, false), (false, true), (true, false), (true, true)] {
            let text = JSONWriter.bytes(value, pretty: pretty, sortedKeys: sorted)
            guard case .success(let again) = read(text, JSONLimits()) else {
                broken("what was written cannot be read: \(String(decoding: text, as: UTF8.self))")
            }
            insist(again == value, "another value is read back")
            insist(again.hashValue == value.hashValue, "equal values with two hashes")
            let written = JSONWriter.bytes(again, pretty: pretty, sortedKeys: sorted)
            insist(written == text, "another text is written the second time")
        }
    }
}
