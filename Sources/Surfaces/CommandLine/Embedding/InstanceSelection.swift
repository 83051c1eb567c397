import ArgumentParser
import Model

/// Which instances a change is about: one by its id, or those of a filter.
struct InstanceSelection: ParsableArguments {
    @Argument(help: "The instance's id; leave it out and give --solution for many.")
    var id: String?

    @Option(name: .long, help: "All instances of this solution.")
    var solution: String?

    @Option(name: .long, help: "Of these only those of one end user.")
    var endUser: String?

    @Option(name: .long, help: "Of these only those that are created, enabled or disabled.")
    var state: String?

    mutating func validate() throws {
        guard (id == nil) != (solution == nil) else {
            throw ValidationError("give an instance's id, or --solution for many")
        }
        guard id == nil || (endUser == nil && state == nil) else {
            throw ValidationError("--end-user and --state go with --solution")
        }
    }

    /// The body's members that say which.
    var filter: JSONObject {
        var object = JSONObject()
        object["solution"] = solution.map(JSONValue.string)
        object["end_user"] = endUser.map { .string(EndUserName.reference($0)) }
        object["state"] = state.map(JSONValue.string)
        return object
    }
}
