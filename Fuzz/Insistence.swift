/// Ends the process, which libFuzzer reports with the input that led here.
func broken(_ message: String) -> Never {
    fatalError(message)
}

func insist(_ condition: Bool, _ message: @autoclosure () -> String) {
    if !condition { broken(message()) }
}

/// `B0107`, `E203`: what every refusal must carry.
func isNumbered(_ code: String) -> Bool {
    let digits = code.utf8.dropFirst()
    guard digits.allSatisfy({ (48...57).contains($0) }) else { return false }
    return code.hasPrefix("B") && digits.count == 4 || code.hasPrefix("E") && digits.count == 3
}

/// The text before the first line end and what follows it; all of it and nothing without one.
func halves(_ bytes: [UInt8]) -> (first: [UInt8], second: [UInt8]) {
    guard let end = bytes.firstIndex(of: 10) else { return (bytes, []) }
    return (Array(bytes[..<end]), Array(bytes[(end + 1)...]))
}
