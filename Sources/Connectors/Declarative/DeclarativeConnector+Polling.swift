import ConnectorKit
import Definitions
import Expressions
import Model

extension DeclarativeConnector: PollingConnector {
    package var triggers: [PollingTriggerSpec] {
        definition.triggers.map { PollingTriggerSpec(name: $0.name, every: $0.every) }
    }

    /// A poll reads at most `max_pages` pages and leaves the rest to the next one.
    ///
    /// B2488: the trigger is unknown, or its expressions give what they must not.
    package func poll(
        _ trigger: String,
        cursor: JSONValue,
        call: OperationCall,
    ) async throws(Problem) -> PollResult {
        guard let definition = definition.triggers.first(where: { $0.name == trigger }) else {
            throw Problem(
                .configuration,
                detail: "there is no trigger \(spec.name).\(trigger)",
                code: "B2488",
            )
        }
        var environment = OperationRequest.environment(call)
        environment[.cursor] = cursor
        var call = call
        call.operation = definition.operation
        do throws(EvaluationError) {
            call.input = try definition.input.evaluate(environment)
        } catch {
            throw Problem(error, in: "\(trigger).input")
        }
        let output = try await run(call, needsAll: false)
        environment.input = output
        environment[.response] = output
        guard case .array(let items) = try evaluate(definition.items, environment, "items")
        else {
            throw Problem(
                .service,
                detail: "\(spec.name).\(trigger): items is no array",
                code: "B2488",
            )
        }
        let events = try events(items, definition, environment)
        environment[.items] = .array(items)
        environment.input = output
        return PollResult(
            events: events,
            cursor: try evaluate(definition.cursor, environment, "cursor"),
        )
    }

    private func events(
        _ items: [JSONValue],
        _ definition: PollingTriggerDefinition,
        _ environment: Environment,
    ) throws(Problem) -> [ServiceEvent] {
        var environment = environment
        var seen: Set<String> = []
        var events: [ServiceEvent] = []
        for item in items {
            environment[.item] = item
            environment.input = item
            let key = try evaluate(definition.key, environment, "key")
            guard !key.isNull else {
                throw Problem(
                    .service,
                    detail: "\(spec.name).\(definition.name): an item has no key",
                    code: "B2488",
                )
            }
            let text = key.stringValue ?? JSONWriter.string(key, sortedKeys: true)
            if seen.insert(text).inserted { events.append(ServiceEvent(key: text, value: item)) }
        }
        return events
    }

    private func evaluate(
        _ program: Program,
        _ environment: Environment,
        _ place: String,
    ) throws(Problem) -> JSONValue {
        do throws(EvaluationError) {
            return try program.evaluate(environment)
        } catch {
            throw Problem(error, in: place)
        }
    }
}
