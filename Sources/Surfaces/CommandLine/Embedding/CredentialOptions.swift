import ArgumentParser
import Model

/// A credential as a command line gives it.
struct CredentialOptions: ParsableArguments {
    @Option(name: .long, help: "bearer, basic, api_key or headers.")
    var kind: String

    @Option(name: .long, help: "token, password, key or a header's name: NAME=@FILE or NAME=-.")
    var secret: [String] = []

    @Option(name: .long, help: "What is no secret: user=…, header=… or query=….")
    var field: [String] = []

    /// Fields that may stand on a command line.
    private static let open: Set<String> = ["user", "header", "query"]

    func body() throws -> JSONObject {
        var fields = try GivenValues.texts(field)
        if let name = fields.keys.first(where: { !Self.open.contains($0) }) {
            throw CommandFailure(.usage, "\(name) is secret: give --secret \(name)=@FILE")
        }
        for (name, value) in try GivenValues.secrets(secret) { fields[name] = value }
        return ["kind": .string(kind), "fields": .object(fields)]
    }
}
