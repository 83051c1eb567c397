import ConnectorKit
import Definitions
import Expressions
import Model

/// A connector that a project describes in `connectors/<name>.yaml` instead of writing Swift.
package struct DeclarativeConnector: Connector {
    let definition: ConnectorDefinition
    let transport: HTTPTransport
    package let spec: ConnectorSpec

    init(definition: ConnectorDefinition, transport: HTTPTransport) {
        self.definition = definition
        self.transport = transport
        spec = Self.spec(of: definition)
    }

    package func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        try await run(call, needsAll: true)
    }

    /// Runs an operation; with `needsAll`, more pages than `max_pages` are a failure.
    func run(_ call: OperationCall, needsAll: Bool) async throws(Problem) -> JSONValue {
        do throws(Problem) {
            return try await perform(call, needsAll: needsAll)
        } catch {
            var problem = Redactor(secrets: CredentialWriter.secrets(of: call.authentication))
                .redact(error)
            problem.connector = definition.name
            problem.operation = call.operation
            problem.connectorVersion = definition.version
            throw problem
        }
    }

    private func perform(
        _ call: OperationCall,
        needsAll: Bool,
    ) async throws(Problem) -> JSONValue {
        guard let operation = definition.operations.first(where: { $0.name == call.operation })
        else {
            throw Problem(
                .configuration,
                detail: "there is no operation \(definition.name).\(call.operation)",
                code: "B2480",
            )
        }
        var environment = OperationRequest.environment(call)
        let request = try OperationRequest(connector: definition, operation: operation)
            .make(call, environment)
        let judge = AnswerJudge(connector: definition, operation: operation)
        let fetch = { (request: HTTPRequest) async throws(Problem) -> JSONValue in
            let response = try await transport.send(request, services: call.services)
            return try judge.judge(response, request, environment)
        }
        let output: JSONValue
        if let pagination = operation.pagination {
            let pages = try await PageReader(pagination: pagination, needsAll: needsAll)
                .read(from: request, environment, fetch: fetch)
            environment[.response] = pages.response
            output = .array(pages.items)
        } else {
            let response = try await fetch(request)
            environment[.response] = response
            output = response["body"] ?? .null
        }
        guard let result = operation.result else { return output }
        environment[.items] = output
        environment.input = output
        do throws(EvaluationError) {
            return try result.evaluate(environment)
        } catch {
            throw Problem(error, in: "result")
        }
    }
}
