import Foundation

/// The tree that this test was built from, read through git.
enum WorkTree {
    struct Unreadable: Error, CustomStringConvertible {
        var description: String
    }

    /// The root: this file is `Tests/TidyTests/WorkTree.swift` below it.
    static let root = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()

    /// Every file that is tracked or would be, with text; other bytes are read as replacement signs.
    static func files() throws -> [SourceFile] {
        let listing = try run(
            "git",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        )
        return listing.split(separator: "\0").compactMap { name in
            let path = "\(root)/\(name)"
            guard let data = FileManager.default.contents(atPath: path) else { return nil }
            return SourceFile(
                path: String(name),
                text: String(decoding: data, as: UTF8.self),
                isExecutable: FileManager.default.isExecutableFile(atPath: path),
            )
        }
    }

    static func text(_ name: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: "\(root)/\(name)") else {
            throw Unreadable(description: "\(name) does not exist")
        }
        return String(decoding: data, as: UTF8.self)
    }

    /// What a program prints, run in the root.
    static func run(_ arguments: String...) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: root)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Unreadable(description: "\(arguments) failed: \(process.terminationStatus)")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
