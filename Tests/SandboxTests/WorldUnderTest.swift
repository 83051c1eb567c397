import Model

@testable import Sandbox

/// A world with a short way to ask it; requests carry the service's token unless told otherwise.
struct WorldUnderTest {
    var world = World()

    mutating func ask(
        _ method: String,
        _ path: String,
        _ body: JSONValue? = nil,
        headers: [String: String] = [:],
        token: Bool = true,
    ) -> SandboxReply {
        let parts = path.split(separator: "?", maxSplits: 1)
        var query: [String: String] = [:]
        for pair in parts.dropFirst().first?.split(separator: "&") ?? [] {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            query[sides[0]] = sides.last
        }
        let segments = parts[0].split(separator: "/").map(String.init)
        var all = headers
        if token, let service = segments.first.flatMap(SandboxService.init(rawValue:)) {
            all[service.tokenHeader] = all[service.tokenHeader] ?? service.credential
        }
        return world.answer(
            SandboxRequest(
                method: method,
                segments: segments,
                query: query,
                headers: all,
                body: body,
            )
        )
    }
}

extension SandboxReply {
    var json: JSONValue? {
        if case .json(let value) = body { value } else { nil }
    }

    /// A member of an object body, by path: `error.code`, `records.0.Email`.
    subscript(path: String) -> JSONValue? {
        path.split(separator: ".").reduce(json) { value, part in
            if let index = Int(part), let items = value?.arrayValue {
                return items.indices.contains(index) ? items[index] : nil
            }
            return value?.objectValue?[String(part)]
        }
    }
}
