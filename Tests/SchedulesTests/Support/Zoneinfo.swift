import Foundation
import Schedules
import Testing

/// Zones of this machine's time zone database.
enum Zoneinfo {
    static let names = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
        "Africa/Casablanca",
    ]

    static let isThere = FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/Europe/Berlin")

    static func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/\(name)")))
    }

    static func zone(_ name: String) throws -> TransitionZone {
        try TimeZoneFile.parse(try bytes(name))
    }
}
