/// What is fuzzed. Each input is one run; a broken promise ends the process.
enum FuzzTarget: String, CaseIterable {
    case json, yaml, expression, schema, webhook, schedule, access

    func run(_ bytes: [UInt8]) {
        switch self {
        case .json: JSONTarget.run(bytes)
        case .yaml: YAMLTarget.run(bytes)
        case .expression: ExpressionTarget.run(bytes)
        case .schema: SchemaTarget.run(bytes)
        case .webhook: WebhookTarget.run(bytes)
        case .schedule: ScheduleTarget.run(bytes)
        case .access: AccessTarget.run(bytes)
        }
    }
}
