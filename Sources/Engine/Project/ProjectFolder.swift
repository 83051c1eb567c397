import Foundation

/// Reads a project folder: its YAML files, by path relative to it.
package enum ProjectFolder {
    /// Files of one project at most.
    package static let fileLimit = 10_000
    /// Bytes of one file at most; the loader has its own, smaller limit.
    package static let sizeLimit = 8 << 20

    package struct ReadError: Error, CustomStringConvertible {
        package var description: String
    }

    /// Hidden files and folders are passed over, and so is everything that is not YAML.
    package static func read(_ path: String) throws(ReadError) -> [(path: String, text: String)] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
            isDirectory.boolValue
        else { throw ReadError(description: "there is no project folder \(path)") }
        guard let names = names(in: path) else {
            throw ReadError(description: "the folder \(path) cannot be read")
        }
        guard names.count <= fileLimit else {
            throw ReadError(description: "a project has at most \(fileLimit) files")
        }
        var files: [(path: String, text: String)] = []
        for name in names { files.append((name, try text(path + "/" + name))) }
        guard !files.isEmpty else {
            throw ReadError(
                description: "the folder \(path) holds no YAML file; a project begins with"
                    + " backstop.yaml"
            )
        }
        return files.sorted { $0.path < $1.path }
    }

    /// The paths of its YAML files, relative to it; nil when it cannot be read.
    static func names(in path: String) -> [String]? {
        guard let walker = FileManager.default.enumerator(atPath: path) else { return nil }
        var names: [String] = []
        for case let name as String in walker {
            let parts = name.split(separator: "/")
            if !parts.contains(where: { $0.hasPrefix(".") }),
                name.hasSuffix(".yaml") || name.hasSuffix(".yml")
            {
                names.append(name)
            }
        }
        return names
    }

    private static func text(_ path: String) throws(ReadError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ReadError(description: "the file \(path) cannot be read")
        }
        guard data.count <= sizeLimit else {
            throw ReadError(description: "the file \(path) has more than \(sizeLimit) bytes")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ReadError(description: "the file \(path) is not UTF-8")
        }
        return text
    }
}
