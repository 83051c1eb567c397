import Model

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The file that holds the key ring: readable by its owner alone.
package struct KeyFile: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    /// - Throws: `configuration`: B2601 when it cannot be read, B2602 when others could read it,
    ///   and what ``KeyRing`` says of its text.
    package func read() throws(Problem) -> KeyRing {
        var bytes = try contents()
        defer { AuthenticatedCipher.wipe(&bytes) }
        return try KeyRing(text: bytes, place: path)
    }

    /// Reads it, and makes it first when it is not there.
    ///
    /// Two processes that do so at once end up with the same file: it appears whole or not at all.
    ///
    /// - Throws: also B2606, when it cannot be made.
    package func readOrMake(random: any RandomSource) throws(Problem) -> KeyRing {
        if access(path, F_OK) != 0, errno == ENOENT { try make(random: random) }
        return try read()
    }

    /// Adds a new key, which seals from the next ``read()`` on.
    package func addKey(random: any RandomSource) throws(Problem) -> KeyRing {
        let ring = try read()
        guard ring.ids.count < KeyRing.keyLimit else {
            throw KeyRing.problem("B2605", "\(path) holds \(KeyRing.keyLimit) keys already")
        }
        // One write at the end of the file, so that nobody's key is lost; the line break before
        // it is for a file that was edited by hand, and means nothing elsewhere.
        var line = [UInt8(ascii: "\n")] + KeyRing.newLine(random: random)
        defer { AuthenticatedCipher.wipe(&line) }
        let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw failure("B2606", "cannot be written") }
        defer { close(file) }
        try write(line, to: file)
        return try read()
    }

    private func contents() throws(Problem) -> [UInt8] {
        // O_NONBLOCK: a pipe of that name must not stop the program.
        let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard file >= 0 else { throw failure("B2601", "cannot be read") }
        defer { close(file) }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw failure("B2601", "cannot be read") }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw KeyRing.problem("B2601", "the key file \(path) is not a file")
        }
        guard facts.st_uid == geteuid() || facts.st_uid == 0 else {
            throw KeyRing.problem("B2602", "the key file \(path) belongs to somebody else")
        }
        guard facts.st_mode & 0o7177 == 0 else {
            throw KeyRing.problem(
                "B2602",
                "the key file \(path) has mode \(String(facts.st_mode & 0o7777, radix: 8)); it may"
                    + " have 600 at most: `chmod 600` it",
            )
        }
        var bytes = [UInt8](repeating: 0, count: KeyRing.sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let room = bytes.count - count
            let part = bytes.withUnsafeMutableBytes { buffer -> Int in
                guard let start = buffer.baseAddress else { return 0 }
                return Self.read(file, start + count, room)
            }
            if part < 0, errno == EINTR { continue }
            guard part >= 0 else { throw failure("B2601", "cannot be read") }
            guard part > 0 else { break }
            count += part
        }
        defer { AuthenticatedCipher.wipe(&bytes) }
        return Array(bytes[..<count])
    }

    private static func read(_ file: Int32, _ start: UnsafeMutableRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
        Glibc.read(file, start, count)
        #else
        Darwin.read(file, start, count)
        #endif
    }

    private func make(random: any RandomSource) throws(Problem) {
        var line = KeyRing.newLine(random: random)
        defer { AuthenticatedCipher.wipe(&line) }
        let name = random.bytes(8).map { String($0, radix: 16) }.joined()
        let draft = "\(path).\(name)"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("B2606", "cannot be made") }
        defer {
            close(file)
            unlink(draft)
        }
        // The mask of the process may have taken the owner's own rights.
        guard fchmod(file, 0o600) == 0 else { throw failure("B2606", "cannot be made") }
        try write(line, to: file)
        // Unlike a rename, a link never replaces the file of another process.
        guard link(draft, path) == 0 || errno == EEXIST else {
            throw failure("B2606", "cannot be made")
        }
        try syncFolder()
    }

    private func write(_ bytes: [UInt8], to file: Int32) throws(Problem) {
        let written = bytes.withUnsafeBytes { buffer -> Int in
            guard let start = buffer.baseAddress else { return 0 }
            #if canImport(Glibc)
            return Glibc.write(file, start, buffer.count)
            #else
            return Darwin.write(file, start, buffer.count)
            #endif
        }
        guard written == bytes.count, fsync(file) == 0 else {
            throw failure("B2606", "cannot be written")
        }
    }

    /// So that the key outlives a loss of power, as will what is sealed with it.
    private func syncFolder() throws(Problem) {
        let name = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("B2606", "cannot be made") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("B2606", "cannot be made") }
    }

    private func failure(_ code: String, _ what: String) -> Problem {
        let reason = String(cString: strerror(errno))
        return KeyRing.problem(code, "the key file \(path) \(what): \(reason)")
    }
}
