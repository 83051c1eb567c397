import ConnectorKit
import Definitions
import Expressions
import Model

extension DeclarativeConnector: PushingConnector {
    package var pushTriggers: [PushTriggerSpec] { definition.pushTriggers.map(\.spec) }

    /// Renews what is known; else looks for what is there; else makes it. One that was found, and
    /// whose secret the service chose and told once, is ended and made again.
    ///
    /// B2874: the service gave no name, or no time that can be read.
    package func subscribe(
        _ trigger: String,
        to target: PushTarget,
        known: PushSubscription?,
        call: OperationCall,
    ) async throws(Problem) -> PushSubscription {
        let definition = try push(trigger)
        if let known, let renew = definition.renew {
            do throws(Problem) {
                return try await ask(renew, definition, target, known, call)
            } catch {
                // It is gone there, so another one is made.
                guard error.type == .notFound else { throw error }
            }
        }
        if let find = definition.find,
            let found = try await look(find, definition, target, call)
        {
            guard definition.subscribe?.secret != nil else { return found }
            try await unsubscribe(trigger, found, of: target, call: call)
        }
        guard let subscribe = definition.subscribe else {
            return PushSubscription(id: target.key)
        }
        return try await ask(subscribe, definition, target, nil, call)
    }

    package func unsubscribe(
        _ trigger: String,
        _ subscription: PushSubscription,
        of target: PushTarget,
        call: OperationCall,
    ) async throws(Problem) {
        let definition = try push(trigger)
        guard let unsubscribe = definition.unsubscribe else { return }
        do throws(Problem) {
            _ = try await output(unsubscribe, definition, target, subscription, call)
        } catch {
            guard error.type == .notFound else { throw error }
        }
    }

    package func handshake(
        _ trigger: String,
        _ delivery: PushDelivery,
    ) throws(Problem) -> PushAnswer? {
        guard let handshake = try push(trigger).handshake else { return nil }
        let environment = Self.environment(delivery)
        do throws(EvaluationError) {
            guard try handshake.when.holds(environment) else { return nil }
            return PushAnswer(body: try handshake.body.evaluate(environment))
        } catch {
            throw Problem(error, in: "\(trigger).handshake")
        }
    }

    /// B2877: `items` is no array, or an event has no key.
    package func events(
        _ trigger: String,
        in delivery: PushDelivery,
    ) throws(Problem) -> [ServiceEvent] {
        let definition = try push(trigger)
        var environment = Self.environment(delivery)
        var events: [ServiceEvent] = []
        var items: [JSONValue]?
        do throws(EvaluationError) {
            if let filter = definition.filter, try !filter.holds(environment) { return [] }
            let found = try definition.items?.evaluate(environment)
            items = found?.arrayValue ?? (found == nil ? [environment.input] : nil)
            for item in items ?? [] {
                environment[.item] = item
                environment.input = item
                let key = try definition.key.evaluate(environment)
                let text = key.stringValue ?? JSONWriter.string(key, sortedKeys: true)
                let value = try definition.value?.evaluate(environment) ?? item
                events.append(ServiceEvent(key: key.isNull ? "" : text, value: value))
            }
        } catch {
            throw Problem(error, in: trigger)
        }
        guard items != nil, !events.contains(where: { $0.key.isEmpty }) else {
            throw Problem(
                .service,
                detail: "\(spec.name).\(trigger): items is no array, or an event has no key",
                code: "B2877",
            )
        }
        var seen: Set<String> = []
        return events.filter { seen.insert($0.key).inserted }
    }

    // MARK: Parts

    private func push(_ trigger: String) throws(Problem) -> PushTriggerDefinition {
        if let found = definition.pushTriggers.first(where: { $0.name == trigger }) {
            return found
        }
        throw Problem(
            .configuration,
            detail: "there is no trigger \(spec.name).\(trigger)",
            code: "B2488",
        )
    }

    private static func environment(_ delivery: PushDelivery) -> Environment {
        var environment = Environment(input: delivery.request["body"] ?? .null)
        environment[.request] = delivery.request
        environment[.input] = delivery.input
        environment[.config] = delivery.config
        return environment
    }

    /// Nil when there is none.
    private func look(
        _ find: PushTriggerDefinition.Call,
        _ definition: PushTriggerDefinition,
        _ target: PushTarget,
        _ call: OperationCall,
    ) async throws(Problem) -> PushSubscription? {
        let (output, environment) = try await output(find, definition, target, nil, call)
        let id = try Self.value(find.id, environment, output)
        return id.isNull ? nil : try Self.subscription(find, environment, output, nil)
    }

    private func ask(
        _ asked: PushTriggerDefinition.Call,
        _ definition: PushTriggerDefinition,
        _ target: PushTarget,
        _ known: PushSubscription?,
        _ call: OperationCall,
    ) async throws(Problem) -> PushSubscription {
        let (output, environment) = try await output(asked, definition, target, known, call)
        return try Self.subscription(asked, environment, output, known)
    }

    private func output(
        _ asked: PushTriggerDefinition.Call,
        _ definition: PushTriggerDefinition,
        _ target: PushTarget,
        _ known: PushSubscription?,
        _ call: OperationCall,
    ) async throws(Problem) -> (JSONValue, Environment) {
        var environment = OperationRequest.environment(call)
        var subscription = JSONObject()
        subscription["url"] = .string(target.url)
        subscription["key"] = .string(target.key)
        subscription["secret"] = .string(target.secret)
        subscription["id"] = (known?.id).map(JSONValue.string)
        environment[.subscription] = .object(subscription)
        var call = call
        call.operation = asked.operation
        do throws(EvaluationError) {
            call.input = try asked.input.evaluate(environment)
        } catch {
            throw Problem(error, in: "\(definition.name).with")
        }
        do throws(Problem) {
            return (try await run(call, needsAll: true), environment)
        } catch {
            // The address opens the door, and the secret is one.
            throw Redactor(secrets: [target.secret, target.url]).redact(error)
        }
    }

    private static func subscription(
        _ asked: PushTriggerDefinition.Call,
        _ environment: Environment,
        _ output: JSONValue,
        _ known: PushSubscription?,
    ) throws(Problem) -> PushSubscription {
        let id = try value(asked.id, environment, output)
        guard let name = known?.id ?? (id.isNull ? nil : QueryPairs.text(id)), !name.isEmpty else {
            throw mistake("the service gave the subscription no name")
        }
        let secret = try value(asked.secret, environment, output)
        return PushSubscription(
            id: name,
            expiresAt: try time(try value(asked.expiresAt, environment, output)),
            secret: secret.stringValue ?? known?.secret,
        )
    }

    private static func time(_ value: JSONValue) throws(Problem) -> Timestamp? {
        if value.isNull { return nil }
        if let seconds = value.doubleValue, (0..<253_402_300_800).contains(seconds) {
            return Timestamp(milliseconds: Int64(seconds * 1000))
        }
        guard let time = value.stringValue.flatMap(Timestamp.init) else {
            throw mistake("the end of the subscription cannot be read")
        }
        return time
    }

    private static func value(
        _ program: Program?,
        _ environment: Environment,
        _ output: JSONValue,
    ) throws(Problem) -> JSONValue {
        guard let program else { return .null }
        var environment = environment
        environment.input = output
        do throws(EvaluationError) {
            return try program.evaluate(environment)
        } catch {
            throw Problem(error, in: "subscription")
        }
    }

    private static func mistake(_ detail: String) -> Problem {
        Problem(.service, detail: detail, code: "B2874")
    }
}

extension PushTriggerDefinition {
    fileprivate var spec: PushTriggerSpec {
        PushTriggerSpec(
            name: name,
            verification: PushVerification(verify),
            subscribes: subscribe != nil,
            renews: renew != nil,
            handshake: handshake.map { $0.isVerified ? .verified : .unverified } ?? .none,
        )
    }
}

extension PushVerification {
    fileprivate init(_ verification: WebhookVerification) {
        switch verification {
        case .none: self.init(secret: .subscription, scheme: .address)
        case .hmacSHA256(let hmac):
            let usual = hmac.timestampHeader == nil ? "{body}" : "{timestamp}.{body}"
            self.init(
                secret: Secret(hmac.secret),
                scheme: .hmacSHA256(
                    header: hmac.header,
                    prefix: hmac.prefix,
                    isBase64: hmac.encoding == .base64,
                    signedText: hmac.signedText ?? usual,
                    timestampHeader: hmac.timestampHeader,
                    tolerance: hmac.tolerance,
                ),
            )
        case .standardWebhooks(let secret, let tolerance):
            self.init(
                secret: Secret(secret),
                scheme: .standardWebhooks(tolerance: tolerance),
            )
        case .sharedToken(let secret, let header, let query):
            self.init(secret: Secret(secret), scheme: .token(header: header, query: query))
        }
    }
}

extension PushVerification.Secret {
    fileprivate init(_ reference: SecretReference) {
        switch reference {
        case .subscription: self = .subscription
        case .environment(let name): self = .environment(name)
        case .file(let path): self = .file(path)
        }
    }
}
