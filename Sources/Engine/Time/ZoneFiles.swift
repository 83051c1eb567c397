import Model
import Schedules
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The time zones of the machine: files of /usr/share/zoneinfo (RFC 8536), read once each.
final class ZoneFiles: Sendable {
    static let folder = "/usr/share/zoneinfo"
    private static let sizeLimit = 1 << 20

    private let known = Mutex<[String: TransitionZone]>([:])

    /// - Throws: `configuration` B2714 for a zone that this machine does not know.
    func rules(_ name: String) throws(Problem) -> any ZoneRules {
        if name == "UTC" { return FixedZone.utc }
        if let zone = known.withLock({ $0[name] }) { return zone }
        guard Self.isName(name), let bytes = Self.read("\(Self.folder)/\(name)") else {
            throw Self.problem(name, "is not known here")
        }
        do throws(TimeZoneFile.Failure) {
            let zone = try TimeZoneFile.parse(bytes)
            known.withLock { $0[name] = zone }
            return zone
        } catch {
            throw Self.problem(name, "cannot be read: \(error)")
        }
    }

    /// Nothing that leads out of the folder.
    private static func isName(_ text: String) -> Bool {
        text.utf8.count <= 64 && text.utf8.first.map { isLetter($0) } == true
            && text.utf8.allSatisfy {
                isLetter($0) || (48...57).contains($0) || "/_+-".utf8.contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte)
    }

    private static func problem(_ name: String, _ what: String) -> Problem {
        Problem(
            .configuration,
            detail: "the time zone \(name.prefix(64)) \(what)",
            code: "B2714",
        )
    }

    private static func read(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: sizeLimit)
        let count = fread(&bytes, 1, bytes.count, file)
        return count > 0 && count < sizeLimit ? Array(bytes[..<count]) : nil
    }
}
