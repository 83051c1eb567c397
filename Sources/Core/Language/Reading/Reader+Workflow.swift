import Definitions
import Expressions
import Model
import Schedules

extension Reader {
    func workflow(_ node: SourceNode) -> WorkflowDefinition? {
        guard let name = node["workflow"]?.string, let trigger = trigger(node["trigger"]) else {
            return nil
        }
        nodeCount = 0
        var sight = Sight.workflow
        if case .alert = trigger { sight.variables.insert(.trigger) }
        let steps = steps(node["steps"], sight, path: "steps", inLoop: false)
        let handler = handler(
            node["on_error"],
            sight.with([.error]),
            path: "on_error",
            inLoop: false,
        )
        return WorkflowDefinition(
            name: name,
            solution: solution,
            title: node["title"]?.string,
            trigger: trigger,
            steps: steps,
            onError: handler,
            timeout: duration(node["timeout"]),
            concurrency: integer(node["concurrency"]),
            nodeCount: nodeCount,
            place: node.place,
        )
    }

    private func trigger(_ node: SourceNode?) -> TriggerDefinition? {
        guard let node else { return nil }
        switch node.string {
        case "manual": return .manual(input: nil)
        case "call": return .call(input: nil)
        case "webhook": return .webhook(WebhookTrigger())
        default: break
        }
        if let webhook = node["webhook"] { return .webhook(self.webhook(webhook)) }
        if let schedule = node["schedule"] { return .schedule(self.schedule(schedule)) }
        if let service = node["service"] { return self.service(service, node) }
        if let alert = node["alert"] { return word(alert).map(TriggerDefinition.alert) }
        if let events = node["instance"] { return .instance(lifecycle(events)) }
        if let call = node["call"] { return .call(input: schema(call["input"])) }
        if let manual = node["manual"] { return .manual(input: schema(manual["input"])) }
        return nil
    }

    /// Each once, in the order of a life.
    private func lifecycle(_ node: SourceNode) -> [LifecycleEvent] {
        let named = Set(node.elements.compactMap(\.string))
        return LifecycleEvent.allCases.filter { named.contains($0.rawValue) }
    }

    private func webhook(_ node: SourceNode) -> WebhookTrigger {
        let sight = Sight(variables: [.trigger, .config])
        var webhook = WebhookTrigger()
        webhook.respond = word(node["respond"]) ?? webhook.respond
        webhook.timeout = duration(node["timeout"]) ?? webhook.timeout
        webhook.onTimeout = word(node["on_timeout"]) ?? webhook.onTimeout
        webhook.verify = verification(node["verify"])
        webhook.correlationID = template(node["correlation_id"], sight)
        webhook.deduplicateBy = template(node["deduplicate_by"], sight)
        webhook.input = schema(node["input"])
        return webhook
    }

    func verification(_ node: SourceNode?) -> WebhookVerification? {
        guard let node else { return nil }
        if node.string == "none" { return WebhookVerification.none }
        let minutes = TimeSpan(milliseconds: 300_000)
        if let hmac = node["hmac_sha256"], let secret = secret(hmac["secret"]) {
            checkSigned(hmac)
            return .hmacSHA256(
                HMACVerification(
                    secret: secret,
                    header: hmac["header"]?.string ?? "",
                    prefix: hmac["prefix"]?.string ?? "",
                    encoding: word(hmac["encoding"]) ?? .hex,
                    timestampHeader: hmac["timestamp_header"]?.string,
                    signedText: hmac["signed_text"]?.string,
                    tolerance: duration(hmac["tolerance"]) ?? minutes,
                )
            )
        }
        if let standard = node["standard_webhooks"], let secret = secret(standard["secret"]) {
            return .standardWebhooks(
                secret: secret,
                tolerance: duration(standard["tolerance"]) ?? minutes,
            )
        }
        if let token = node["token"], let secret = secret(token["secret"]) {
            return .sharedToken(
                secret: secret,
                header: token["header"]?.string,
                query: token["query"]?.string,
            )
        }
        return nil
    }

    /// A signature that leaves the body out proves nothing of it.
    private func checkSigned(_ hmac: SourceNode) {
        guard let node = hmac["signed_text"], let text = node.string else { return }
        let lacksTime = text.contains("{timestamp}") != (hmac["timestamp_header"] != nil)
        guard !text.contains("{body}") || lacksTime else { return }
        report(
            .unsignedBody,
            "what is signed has no {body}, or only one of {timestamp} and timestamp_header",
            node.place,
        )
    }

    private func schedule(_ node: SourceNode) -> ScheduleTrigger {
        ScheduleTrigger(
            every: duration(node["every"]),
            cron: cron(node["cron"]),
            timeZone: node["time_zone"]?.string ?? "UTC",
            overlap: word(node["overlap"]) ?? .skip,
            catchUp: integer(node["catch_up"]) ?? 0,
        )
    }

    private func cron(_ node: SourceNode?) -> String? {
        guard let node, let text = node.string else { return nil }
        do throws(CronError) {
            _ = try CronExpression(text)
        } catch {
            report(
                .invalidCron,
                error.message,
                place(of: error.offset, in: node),
                error.suggestion.map { "did you mean \($0)?" },
            )
        }
        return text
    }

    private func service(_ node: SourceNode, _ trigger: SourceNode) -> TriggerDefinition? {
        guard let (connector, name) = operationName(node) else { return nil }
        let input = template(trigger["with"], Sight(variables: [.config]))
        return .service(
            ServiceTrigger(
                connector: connector,
                trigger: name,
                auth: trigger["auth"]?.string,
                input: input ?? .literal(.object(JSONObject())),
            )
        )
    }

    func operationName(_ node: SourceNode) -> (String, String)? {
        let parts = (node.string ?? "").split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ Names.isName(String($0)) }) else {
            return nil
        }
        return (String(parts[0]), String(parts[1]))
    }

    // MARK: Steps

    func steps(_ node: SourceNode?, _ sight: Sight, path: String, inLoop: Bool) -> [Step] {
        (node?.elements ?? []).enumerated().compactMap { index, element in
            step(element, sight, path: "\(path)[\(index)]", inLoop: inLoop)
        }
    }

    private func step(_ node: SourceNode, _ sight: Sight, path: String, inLoop: Bool) -> Step? {
        let number = nodeCount
        nodeCount += 1
        let found = Records.kinds.filter { node.member($0) != nil }
        let isBranch = found.isEmpty && node["if"] != nil && node["then"]?.elementsIfList != nil
        guard found.count == 1 || isBranch || (found.isEmpty && node.member("then") != nil) else {
            return nil
        }
        let condition = isBranch ? nil : program(node["if"], sight)
        guard let kind = kind(node, found.first, isBranch, sight, path, inLoop) else { return nil }
        let retry = retry(node["retry"], sight)
        let then = isBranch ? nil : directive(node["then"], sight)
        let handler = handler(
            node["on_error"],
            sight.with([.error]),
            path: "\(path).on_error",
            inLoop: inLoop,
        )
        checkLoopWords(node, inLoop)
        return Step(
            node: number,
            id: node["id"]?.string,
            path: path,
            place: node.place,
            condition: condition,
            timeout: duration(node["timeout"]),
            retry: retry,
            onError: handler,
            then: then,
            kind: kind,
        )
    }

    private func checkLoopWords(_ node: SourceNode, _ inLoop: Bool) {
        guard !inLoop else { return }
        for key in ["on_error", "then"] {
            guard let value = node[key], let word = value.string, word == "break" || word == "next"
            else { continue }
            report(.outsideLoop, "`\(key): \(word)` stands outside a for_each", value.place)
        }
    }

    func handler(
        _ node: SourceNode?,
        _ sight: Sight,
        path: String,
        inLoop: Bool,
    ) -> ErrorHandler? {
        guard let node else { return nil }
        switch node.string {
        case "continue": return .proceed
        case "break": return .breakLoop
        case "next": return .nextItem
        default: break
        }
        guard node.elementsIfList != nil else { return nil }
        return .branch(steps(node, sight, path: path, inLoop: inLoop))
    }

    private func directive(_ node: SourceNode?, _ sight: Sight) -> ThenDirective? {
        guard let node else { return nil }
        switch node.string {
        case "continue": return .proceed
        case "stop": return .stop
        case "fail": return .fail
        case "break": return .breakLoop
        case "next": return .nextItem
        default: break
        }
        return node["raise"].map { .raise(raise($0, sight)) }
    }

    private func retry(_ node: SourceNode?, _ sight: Sight) -> RetryPolicy? {
        guard let node else { return nil }
        if node.string == "none" { return RetryPolicy.none }
        var policy = RetryPolicy.standard
        if let times = integer(node) {
            policy.times = times
            return policy
        }
        policy.times = integer(node["times"]) ?? policy.times
        policy.delay = duration(node["delay"]) ?? policy.delay
        policy.backoff = word(node["backoff"]) ?? policy.backoff
        policy.factor = node["factor"]?.json.doubleValue ?? policy.factor
        policy.maxDelay = duration(node["max_delay"]) ?? policy.maxDelay
        if let jitter = node["jitter"] {
            policy.jitter = jitter.json.doubleValue ?? (jitter.json == .bool(false) ? 0 : 1)
        }
        policy.when = program(node["when"], sight.with([.error]))
        policy.deadline = duration(node["deadline"])
        policy.attemptTimeout = duration(node["attempt_timeout"])
        return policy
    }

    func raise(_ node: SourceNode, _ sight: Sight) -> RaiseStep {
        RaiseStep(
            type: word(node["type"]) ?? .raised,
            title: template(node["title"], sight),
            detail: template(node["detail"], sight),
            status: template(node["status"], sight),
            client: template(node["client"], sight),
            support: template(node["support"], sight),
            actor: word(node["actor"]),
            action: word(node["action"]),
            data: template(node["data"], sight),
        )
    }
}

extension SourceNode {
    /// The elements of a list; nil for everything else.
    var elementsIfList: [SourceNode]? {
        guard case .sequence(let nodes) = value else { return nil }
        return nodes
    }
}
