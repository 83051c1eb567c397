import Embedding
import Engine
import Model

extension APIHandlers {
    func project(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .planProject:
            let body = try call.body(["files"])
            return .json(try await projects.plan(try Self.upload(body), by: call.actor).json)
        case .applyProject:
            let body = try call.body(["files", "revision"])
            let plan = try await projects.apply(
                try Self.upload(body),
                expected: try body.number("revision", 0...Int64.max),
                by: call.actor,
            )
            return .json(plan.json)
        default:
            var object = try await projects.head(by: call.actor)?.view ?? JSONObject()
            object["revision"] = object["revision"] ?? 0
            object["source"] = .string(projects.source.rawValue)
            object["development"] = .bool(projects.isDevelopment)
            return .json(.object(object))
        }
    }

    /// `files`: the texts of the project's files by path.
    private static func upload(_ body: RequestBody) throws(Problem) -> ProjectUpload {
        guard let files = body.object["files"]?.objectValue else {
            throw RequestBody.wrong("files", "it is an object: paths with the text of each file")
        }
        var result: [ProjectUpload.File] = []
        for (path, text) in files {
            guard let text = text.stringValue else {
                throw RequestBody.wrong("files/\(path.prefix(80))", "it is a text")
            }
            result.append(ProjectUpload.File(path: path, text: text))
        }
        return try ProjectUpload(result)
    }
}
