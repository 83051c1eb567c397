import Foundation

/// libFuzzer's own start, which its runtime library brings along.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ oneInput: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt,
) -> CInt

/// Named by BACKSTOP_FUZZ_TARGET, so that one build and one link serve all targets.
private let target: FuzzTarget = {
    let name = ProcessInfo.processInfo.environment["BACKSTOP_FUZZ_TARGET"] ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("BACKSTOP_FUZZ_TARGET must be one of \(names), not '\(name)'")
    }
    return target
}()

@main enum Entry {
    static func main() {
        takeSignalStack()
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        let code = runDriver(&count, &arguments) { start, count in
            target.run(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        }
        exit(code)
    }

    /// Without a stack of its own libFuzzer could not report that the stack is used up.
    private static func takeSignalStack() {
        let size = 1 << 18
        var stack = stack_t()
        stack.ss_sp = .allocate(byteCount: size, alignment: 16)
        stack.ss_size = size
        insist(sigaltstack(&stack, nil) == 0, "no stack for signals")
    }
}
