import ConnectorKit
import Expressions
import Model

/// Any HTTP service: `http.request`, and a shorthand for each method.
struct HTTPConnector: Connector {
    static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

    let transport: HTTPTransport
    private let programs = ProgramCache()

    init(transport: HTTPTransport) { self.transport = transport }

    var spec: ConnectorSpec { Self.declared }

    func run(_ call: OperationCall) async throws(Problem) -> JSONValue {
        do throws(Problem) {
            return try await perform(call)
        } catch {
            throw Redactor(secrets: CredentialWriter.secrets(of: call.authentication))
                .redact(error)
        }
    }

    private func perform(_ call: OperationCall) async throws(Problem) -> JSONValue {
        let parameters = try HTTPParameters(call, programs: programs)
        let request = parameters.request
        let response = try await transport.send(request, services: call.services)
        guard parameters.accepted.contains(response.status) else {
            throw StatusProblem.make(response, request: request, now: call.services.now())
        }
        let body: JSONValue
        do throws(TransportError) {
            body = try ResponseReader.body(response, as: parameters.mode)
        } catch {
            var problem = Problem(
                error.failure,
                detail: "\(request.method) \(response.url.summary): \(error.detail)",
            )
            problem.response = ResponseExcerpt.make(response)
            throw problem
        }
        let output = ResponseReader.object(response, body: body)
        if let program = parameters.failsWhen {
            try Self.check(program, response: response, output: output, request: request, call)
        }
        return output
    }

    /// An answer that says of itself that it is a failure.
    private static func check(
        _ program: Program,
        response: HTTPResponse,
        output: JSONValue,
        request: HTTPRequest,
        _ call: OperationCall,
    ) throws(Problem) {
        var environment = Environment(now: call.services.now())
        environment[.response] = output
        let fails: Bool
        do throws(EvaluationError) {
            fails = try program.holds(environment)
        } catch {
            throw Problem(error, in: "fails_when")
        }
        guard fails else { return }
        var problem = Problem(
            .request,
            detail: "\(request.method) \(response.url.summary) answered \(response.status) with an"
                + " error inside",
            code: "B2431",
        )
        problem.response = ResponseExcerpt.make(response)
        throw problem
    }
}
