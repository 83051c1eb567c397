import ConnectorKit
import Expressions
import Model
import NIOHTTP1

/// The input of an `http` operation, read and checked.
struct HTTPParameters: Sendable {
    var request: HTTPRequest
    var accepted: AcceptedStatuses
    var mode: ResponseMode
    var failsWhen: Program?

    init(_ call: OperationCall, programs: ProgramCache) throws(Problem) {
        let input = call.input
        do throws(RequestMistake) {
            let method = try Self.method(call)
            var url = try Self.url(input)
            var headers = try RequestHeaders(input["headers"]?.objectValue ?? JSONObject())
            let body = try Self.body(input, seed: call.idempotencyKey)
            if let body { headers.offer("Content-Type", body.contentType) }
            if let field = try Self.idempotencyHeader(input["idempotency_key"]) {
                headers.offer(field, call.idempotencyKey)
            }
            headers.identify(call.execution)
            try CredentialWriter.write(call.authentication, headers: &headers, url: &url)
            let redirects = Self.redirects(input["redirects"])
            request = HTTPRequest(
                method: method,
                url: url,
                headers: headers.fields,
                body: body?.bytes,
                redirects: redirects,
                timeouts: try Self.timeouts(input["timeouts"]),
                responseLimit: try Self.responseLimit(input["max_response_bytes"]),
                authority: try Self.authority(input["tls"]),
            )
            accepted = try Self.accepted(input["ok_statuses"], follows: redirects.follows)
        } catch {
            throw Problem(error.failure, detail: error.message)
        }
        mode = input["response"]?.stringValue.flatMap(ResponseMode.init) ?? .auto
        failsWhen = nil
        if let source = input["fails_when"]?.stringValue {
            failsWhen = try programs.program(source)
        }
    }

    private static func method(_ call: OperationCall) throws(RequestMistake) -> String {
        guard HTTPConnector.declared.operations.contains(where: { $0.name == call.operation })
        else {
            throw RequestMistake("there is no operation http.\(call.operation.prefix(64))")
        }
        guard call.operation == "request" else { return call.operation.uppercased() }
        let method = (call.input["method"]?.stringValue ?? "GET").uppercased()
        guard HTTPConnector.methods.contains(method) else {
            throw RequestMistake("the method \(method.prefix(32)) is not supported")
        }
        return method
    }

    private static func url(_ input: JSONValue) throws(RequestMistake) -> WebURL {
        var url: WebURL
        do throws(WebURL.Mistake) {
            url = try WebURL(input["url"]?.stringValue ?? "")
        } catch {
            throw RequestMistake("the URL is not accepted: \(error.message)", .invalidURL)
        }
        if let query = input["query"]?.objectValue {
            url.append(query: try QueryPairs.read(query, named: "query"))
        }
        guard url.description.utf8.count <= WebURL.longest else {
            throw RequestMistake(
                "with its query, the URL is longer than \(WebURL.longest) bytes",
                .invalidURL,
            )
        }
        return url
    }

    private static func body(
        _ input: JSONValue,
        seed: String,
    ) throws(RequestMistake) -> RequestBody? {
        let kinds = ["json", "form", "multipart", "body"].filter { input[$0] != nil }
        guard kinds.count <= 1 else {
            throw RequestMistake("only one of \(kinds.joined(separator: ", ")) can be sent")
        }
        let body: RequestBody?
        switch kinds.first {
        case "json": body = input["json"].map(RequestBody.json)
        case "form": body = try .form(input["form"]?.objectValue ?? JSONObject())
        case "multipart":
            body = try .multipart(input["multipart"]?.arrayValue ?? [], seed: seed)
        case "body": body = try raw(input)
        default: body = nil
        }
        if let count = body?.bytes.count, count > HTTPLimits.requestMax {
            throw RequestMistake(
                "the body has \(count) bytes, the limit is \(HTTPLimits.requestMax)",
                .requestTooLarge,
            )
        }
        return body
    }

    private static func raw(_ input: JSONValue) throws(RequestMistake) -> RequestBody {
        if let text = input["body"]?["base64"]?.stringValue {
            guard let bytes = Base64.decoded(text) else {
                throw RequestMistake("body.base64 is not valid base 64")
            }
            let type = input["content_type"]?.stringValue ?? "application/octet-stream"
            return RequestBody(bytes: bytes, contentType: try checked(type))
        }
        let text = input["body"].map(QueryPairs.text) ?? ""
        let type = input["content_type"]?.stringValue ?? "text/plain; charset=utf-8"
        return RequestBody(bytes: Array(text.utf8), contentType: try checked(type))
    }

    private static func checked(_ type: String) throws(RequestMistake) -> String {
        guard FieldRules.isValue(type) else {
            throw RequestMistake("content_type holds a control character")
        }
        return type
    }

    /// `true` is `Idempotency-Key`, a text is the header's own name.
    private static func idempotencyHeader(_ value: JSONValue?) throws(RequestMistake) -> String? {
        switch value {
        case .bool(true)?: return "Idempotency-Key"
        case .string(let name)?:
            guard FieldRules.isName(name), !FieldRules.reserved.contains(name.lowercased()) else {
                throw RequestMistake("idempotency_key: \"\(name.prefix(64))\" is no header")
            }
            return name
        default: return nil
        }
    }

    private static func redirects(_ value: JSONValue?) -> RedirectPolicy {
        var policy = RedirectPolicy()
        policy.follows = value?["follow"]?.boolValue ?? true
        let limit = value?["max"]?.integerValue ?? Int64(policy.limit)
        policy.limit = Int(min(max(0, limit), Int64(HTTPLimits.redirectsMax)))
        return policy
    }

    private static func timeouts(_ value: JSONValue?) throws(RequestMistake) -> PhaseTimeouts {
        var timeouts = PhaseTimeouts()
        timeouts.connect = try span(value, "connect") ?? timeouts.connect
        timeouts.read = try span(value, "read") ?? timeouts.read
        timeouts.total = try span(value, "total")
        return timeouts
    }

    private static func span(
        _ value: JSONValue?,
        _ phase: String,
    ) throws(RequestMistake) -> TimeSpan? {
        guard let text = value?[phase]?.stringValue else { return nil }
        guard let span = TimeSpan(text), span.milliseconds > 0, span <= PhaseTimeouts.longest
        else {
            throw RequestMistake(
                "timeouts.\(phase) must be a duration from 1ms to \(PhaseTimeouts.longest)"
            )
        }
        return span
    }

    private static func responseLimit(_ value: JSONValue?) throws(RequestMistake) -> Int {
        guard let limit = value?.integerValue else { return HTTPLimits.responseDefault }
        guard (1...Int64(HTTPLimits.responseMax)).contains(limit) else {
            throw RequestMistake(
                "max_response_bytes must be from 1 to \(HTTPLimits.responseMax)"
            )
        }
        return Int(limit)
    }

    private static func authority(_ value: JSONValue?) throws(RequestMistake) -> String? {
        guard let pem = value?["ca"]?.stringValue else { return nil }
        guard pem.utf8.count <= HTTPLimits.authorityMax else {
            throw RequestMistake(
                "tls.ca is longer than \(HTTPLimits.authorityMax) bytes",
                .authority,
            )
        }
        return pem
    }

    private static func accepted(
        _ value: JSONValue?,
        follows: Bool,
    ) throws(RequestMistake) -> AcceptedStatuses {
        guard let entries = value?.arrayValue else { return .standard(follows: follows) }
        guard let accepted = AcceptedStatuses(entries) else {
            throw RequestMistake("ok_statuses holds statuses (200) and classes (\"2xx\")")
        }
        return accepted
    }
}
