import StorePort

extension RecordKind {
    static let endUser = RecordKind(rawValue: "end_user")
    static let instance = RecordKind(rawValue: "instance")
    static let solutionVersion = RecordKind(rawValue: "solution_version")
    static let authentication = RecordKind(rawValue: "authentication")
    static let trigger = RecordKind(rawValue: "trigger")
    static let lifecycle = RecordKind(rawValue: "life_cycle")
    static let failure = RecordKind(rawValue: "failure")
    static let project = RecordKind(rawValue: "project")
    static let projectPart = RecordKind(rawValue: "project_part")
    static let audit = RecordKind(rawValue: "audit")
    static let apiKey = RecordKind(rawValue: "api_key")
    static let signingKey = RecordKind(rawValue: "signing_key")
    static let connectLink = RecordKind(rawValue: "connect_link")
    static let replay = RecordKind(rawValue: "replay")
    static let replayItem = RecordKind(rawValue: "replay_item")
}
