import ArgumentParser
import Model

/// Values of config slots.
struct SlotOptions: ParsableArguments {
    @Option(name: .long, help: "NAME=VALUE, JSON or text; may be given several times.")
    var config: [String] = []

    @Option(name: .long, help: "NAME=@FILE, or NAME=- for standard input.")
    var secret: [String] = []

    func object() throws -> JSONObject {
        var object = try GivenValues.plain(config)
        for (name, value) in try GivenValues.secrets(secret) { object[name] = value }
        return object
    }
}
