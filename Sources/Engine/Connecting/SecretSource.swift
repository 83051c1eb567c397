import Definitions
import Model

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where secrets are read from when they are needed.
package protocol SecretSource: Sendable {
    /// - Throws: a `configuration` problem that names the reference, never the value.
    func secret(_ reference: SecretReference) throws(Problem) -> String
}

/// Environment variables, and files of at most 64 KiB (one trailing newline is dropped).
package struct SystemSecrets: SecretSource {
    static let sizeLimit = 65_536

    private let root: String?

    /// - Parameter root: where relative paths of files begin; nil is the working directory.
    package init(root: String? = nil) {
        self.root = root
    }

    package func secret(_ reference: SecretReference) throws(Problem) -> String {
        switch reference {
        case .environment(let name):
            guard let value = getenv(name), value.pointee != 0 else {
                throw Problem(
                    .configuration,
                    detail: "the environment variable \(name) is not set",
                    code: "B2201",
                )
            }
            return String(cString: value)
        case .subscription:
            throw Problem(
                .configuration,
                detail: "only a push trigger has the secret of a subscription",
                code: "B2883",
            )
        case .file(let path):
            let place = path.hasPrefix("/") ? path : root.map { "\($0)/\(path)" } ?? path
            guard var text = Self.read(place) else {
                throw Problem(
                    .configuration,
                    detail: "the secret file \(path) cannot be read",
                    code: "B2202",
                )
            }
            if text.last == "\n" { text.removeLast() }
            return text
        }
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
        let count = fread(&bytes, 1, bytes.count, file)
        guard count <= sizeLimit else { return nil }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
