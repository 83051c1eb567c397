import Model

/// The files of a project folder as they are sent to a server, within the limits.
package struct ProjectUpload: Sendable, Hashable {
    /// Files at most.
    package static let fileLimit = 2_000
    /// Bytes of one file at most.
    package static let fileBytes = 256 << 10
    /// Bytes of all files together at most.
    package static let totalBytes = 8 << 20
    /// Bytes of a path at most.
    package static let pathBytes = 512

    package struct File: Sendable, Hashable {
        /// Relative, with `/` between the parts.
        package var path: String
        package var text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    /// In the order of their paths.
    package let files: [File]

    /// - Throws: B2802 beyond a limit, B2803 for a path that no project has.
    package init(_ files: [File]) throws(Problem) {
        guard !files.isEmpty else {
            throw ProjectFault.unusableFile.problem(detail: "a project has one file at least")
        }
        guard files.count <= Self.fileLimit else {
            throw Self.tooLarge("a project has at most \(Self.fileLimit) files")
        }
        var total = 0
        var paths: Set<String> = []
        for file in files {
            if let reason = Self.mistake(in: file.path) {
                throw ProjectFault.unusableFile.problem(
                    detail: "the path of a file \(reason)",
                    data: ["path": .string(String(file.path.prefix(80)))],
                )
            }
            guard paths.insert(file.path).inserted else {
                throw ProjectFault.unusableFile.problem(detail: "\(file.path) is there twice")
            }
            let size = file.text.utf8.count
            guard size <= Self.fileBytes else {
                throw Self.tooLarge("\(file.path) has more than \(Self.fileBytes >> 10) KiB")
            }
            total += size
        }
        guard total <= Self.totalBytes else {
            throw Self.tooLarge("the files have more than \(Self.totalBytes >> 20) MiB together")
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    private static func tooLarge(_ detail: String) -> Problem {
        ProjectFault.tooLarge.problem(detail: detail)
    }

    private static func mistake(in path: String) -> String? {
        guard (1...pathBytes).contains(path.utf8.count) else {
            return "has not 1 to \(pathBytes) bytes"
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") }) else {
            return "is not relative, or has a part that is empty or begins with a dot"
        }
        guard path.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            return "has a control character"
        }
        guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
            return "ends with neither .yaml nor .yml"
        }
        return nil
    }

    /// Equal for equal files: paths and texts, byte for byte.
    /// - Parameter digest: hex SHA-256.
    package func digest(_ digest: ([UInt8]) -> String) -> String {
        digest(JSONWriter.bytes(.object(JSONObject(members))))
    }

    private var members: [(String, JSONValue)] {
        files.map { ($0.path, .string($0.text)) }
    }

    // MARK: Documents

    /// The files in documents of at most `limit` bytes each; nil when one file alone is larger, as
    /// JSON writes it.
    package func documents(limit: Int) -> [[UInt8]]? {
        var documents: [[UInt8]] = []
        var members: [(String, JSONValue)] = []
        var size = 2
        func close() { documents.append(JSONWriter.bytes(.object(JSONObject(members)))) }
        for member in self.members {
            let own = JSONWriter.encodedSize(.object(JSONObject([member])))
            guard own <= limit else { return nil }
            if size + own > limit {
                close()
                members = []
                size = 2
            }
            members.append(member)
            size += own
        }
        close()
        return documents
    }

    /// Reads them again; nil when they are not what ``documents(limit:)`` made.
    package init?(documents: [[UInt8]]) {
        var files: [File] = []
        for document in documents {
            let value: JSONValue
            do { value = try JSONParser.parse(document) } catch { return nil }
            guard let members = value.objectValue else { return nil }
            for (path, text) in members {
                guard let text = text.stringValue else { return nil }
                files.append(File(path: path, text: text))
            }
        }
        do { try self.init(files) } catch { return nil }
    }
}
