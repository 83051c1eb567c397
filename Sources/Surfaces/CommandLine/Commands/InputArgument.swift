import Model

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A JSON value given as an argument: the text itself, `@FILE`, or `-` for standard input.
enum InputArgument {
    /// The largest input, in bytes.
    static let sizeLimit = 64 << 20

    static func read(_ argument: String) throws -> JSONValue {
        do {
            return try JSONParser.parse(
                try bytes(argument),
                limits: JSONLimits(size: sizeLimit),
            )
        } catch let error as JSONError {
            throw CommandFailure(.badInput, "the input is not JSON: \(error)")
        }
    }

    private static func bytes(_ argument: String) throws -> [UInt8] {
        if argument == "-" { return try contents(of: 0, name: "standard input") }
        guard argument.first == "@" else { return Array(argument.utf8) }
        let path = String(argument.dropFirst())
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw CommandFailure(
                .noInput,
                "cannot read \(path): \(String(cString: strerror(errno)))",
            )
        }
        defer { close(descriptor) }
        return try contents(of: descriptor, name: path)
    }

    private static func contents(of descriptor: Int32, name: String) throws -> [UInt8] {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw CommandFailure(.noInput, "cannot read \(name)") }
            guard count > 0 else { return all }
            all += chunk[..<count]
            guard all.count <= sizeLimit else {
                throw CommandFailure(.badInput, "\(name) is larger than \(sizeLimit) bytes")
            }
        }
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8], _ count: Int) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            #if canImport(Glibc)
            Glibc.read(descriptor, bytes.baseAddress, count)
            #else
            Darwin.read(descriptor, bytes.baseAddress, count)
            #endif
        }
    }
}
