import Definitions
import Expressions
import Model

/// Reads the triggers that a service sets off.
extension Reader {
    private static let asked = Sight(variables: [.subscription, .input, .config])
    private static let arrived = Sight(variables: [.request, .input, .config])
    private static let event = Sight(variables: [.request, .item, .input, .config])

    func push(
        _ member: SourceNode.Member,
        in connector: ConnectorDefinition,
    ) -> PushTriggerDefinition? {
        guard let node = member.value["push"], let key = program(node["key"], Self.event),
            let verify = verification(node["verify"])
        else { return nil }
        var trigger = PushTriggerDefinition(name: member.key, verify: verify, key: key)
        trigger.subscribe = call(node["subscribe"], connector)
        trigger.find = call(node["find"], connector)
        trigger.renew = call(node["renew"], connector)
        trigger.unsubscribe = call(node["unsubscribe"], connector)
        trigger.handshake = handshake(node["handshake"])
        trigger.filter = program(node["filter"], Self.arrived)
        trigger.items = program(node["items"], Self.arrived)
        trigger.value = program(node["value"], Self.event)
        checkRepetition(trigger, node, connector)
        return trigger
    }

    private func call(
        _ node: SourceNode?,
        _ connector: ConnectorDefinition,
    ) -> PushTriggerDefinition.Call? {
        guard let node, let operation = node["operation"]?.string else { return nil }
        if !connector.operations.contains(where: { $0.name == operation }) {
            let near = Spelling.suggestion(operation, among: connector.operations.map(\.name))
            report(
                .unknownOperation,
                "the trigger asks an unknown operation",
                node["operation"]?.place ?? node.place,
                near.map { "did you mean `\($0)`?" },
            )
        }
        return PushTriggerDefinition.Call(
            operation: operation,
            input: template(node["with"], Self.asked) ?? .literal(.object(JSONObject())),
            id: program(node["id"], Self.asked),
            expiresAt: program(node["expires_at"], Self.asked),
            secret: program(node["secret"], Self.asked),
        )
    }

    private func handshake(_ node: SourceNode?) -> PushTriggerDefinition.Handshake? {
        guard let node, let when = program(node["when"], Self.arrived),
            let body = template(node["body"], Self.arrived)
        else { return nil }
        return PushTriggerDefinition.Handshake(
            when: when,
            isVerified: node["signed"]?.json.boolValue ?? true,
            body: body,
        )
    }

    /// A crash between the service's answer and our note of it must not leave two subscriptions.
    private func checkRepetition(
        _ trigger: PushTriggerDefinition,
        _ node: SourceNode,
        _ connector: ConnectorDefinition,
    ) {
        guard let subscribe = trigger.subscribe, trigger.find == nil,
            let operation = connector.operations.first(where: { $0.name == subscribe.operation }),
            operation.idempotencyHeader == nil, operation.method != "PUT"
        else { return }
        report(
            .repeatedSubscription,
            "subscribing twice would make two subscriptions",
            node["subscribe"]?.place ?? node.place,
            "add `find`, or an `idempotency_header` to \(subscribe.operation)",
        )
    }
}
