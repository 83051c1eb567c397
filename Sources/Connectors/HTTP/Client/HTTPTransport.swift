import AsyncHTTPClient
import ConnectorKit
import Model
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends requests: guard, pinned connection, redirects, limits, deadlines.
struct HTTPTransport: Sendable {
    let egress: EgressGuard
    let resolver: any HostResolver
    let pool: ClientPool
    let memory = AddressMemory()

    /// Follows redirects as the request says and gives the last answer, whatever its status.
    ///
    /// Cancellation stops the work at once and throws `cancelled`.
    func send(
        _ request: HTTPRequest,
        services: any ConnectorClock,
    ) async throws(Problem) -> HTTPResponse {
        let outcome: Result<HTTPResponse, TransportError>
        if let total = request.timeouts.total {
            outcome = await race(request, total: total, services: services)
        } else {
            outcome = await follow(request)
        }
        switch outcome {
        case .success(let response): return response
        case .failure(let error):
            let isOurs = Task.isCancelled && error.failure != .totalTimeout
            throw Problem(
                isOurs ? .cancelled : error.failure,
                detail: "\(request.summary): \(error.detail)",
            )
        }
    }

    private func race(
        _ request: HTTPRequest,
        total: TimeSpan,
        services: any ConnectorClock,
    ) async -> Result<HTTPResponse, TransportError> {
        await withTaskGroup(of: Result<HTTPResponse, TransportError>?.self) { group in
            group.addTask { await follow(request) }
            group.addTask {
                do throws(Problem) {
                    try await services.sleep(for: total)
                    return .failure(
                        TransportError(.totalTimeout, "no whole answer within \(total)")
                    )
                } catch {
                    return nil
                }
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
            }
            return .failure(TransportError(.cancelled, "the request was cancelled"))
        }
    }

    private func follow(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        var hop = request
        var count = 0
        do throws(TransportError) {
            while true {
                let response = try await exchange(hop)
                guard hop.redirects.follows, Redirect.statuses.contains(response.status),
                    let location = response.headers.first(name: "location")
                else { return .success(response) }
                count += 1
                guard count <= hop.redirects.limit else {
                    throw TransportError(
                        .tooManyRedirects,
                        "more than \(hop.redirects.limit) redirects",
                    )
                }
                hop = try Redirect.next(after: hop, status: response.status, location: location)
            }
        } catch {
            return .failure(error)
        }
    }

    /// One request, one answer.
    private func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let url = request.url
        let addresses = memory.sorted(try await permitted(request), host: url.host)
        let share = max(1000, request.timeouts.connect.milliseconds / Int64(addresses.count))
        var last = TransportError(.unreachable, "no address could be reached")
        for address in addresses {
            let key = ClientPool.Key(
                host: url.host,
                address: address,
                connectMilliseconds: min(share, request.timeouts.connect.milliseconds),
                readMilliseconds: request.timeouts.read.milliseconds,
            )
            do {
                let response = try await pool.withClient(key) { try await run(request, on: $0) }
                memory.remember(address, host: url.host)
                return response
            } catch {
                last = FailureClassifier.classify(error)
                // Nothing was sent yet, so the next address may be tried.
                guard [.connectRefused, .unreachable, .connectTimeout].contains(last.failure),
                    !Task.isCancelled
                else { throw last }
            }
        }
        throw last
    }

    /// The addresses of the host that the guard lets pass.
    private func permitted(_ request: HTTPRequest) async throws(TransportError) -> [IPAddress] {
        let url = request.url
        let limit = Duration.milliseconds(request.timeouts.connect.milliseconds)
        let addresses = try await resolve(url.host, within: limit)
        var refusal = ""
        var permitted: [IPAddress] = []
        for address in addresses {
            if let reason = egress.refusal(host: url.host, port: url.port, address: address) {
                let name = url.host == address.description ? "" : "\(url.host) at "
                refusal = "\(name)\(address) (\(reason))"
            } else {
                permitted.append(address)
            }
        }
        guard !permitted.isEmpty else {
            throw TransportError(
                .addressRefused,
                "outbound requests may not reach \(refusal); `allowed_hosts` of the account"
                    + " can allow it",
            )
        }
        return Array(permitted.prefix(HTTPLimits.addressesTried))
    }

    private func resolve(
        _ host: String,
        within limit: Duration,
    ) async throws(TransportError) -> [IPAddress] {
        if let literal = IPAddress(host) { return [literal] }
        typealias Answer = Result<[IPAddress], TransportError>
        let answer: Answer = await withTaskGroup(of: Answer.self) { group in
            group.addTask {
                do throws(TransportError) {
                    return .success(try await resolver.addresses(of: host))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                do { try await Task.sleep(for: limit) } catch {
                    return .failure(TransportError(.cancelled, "the request was cancelled"))
                }
                return .failure(
                    TransportError(.connectTimeout, "the host could not be resolved in time")
                )
            }
            defer { group.cancelAll() }
            return await group.next()
                ?? .failure(TransportError(.cancelled, "the request was cancelled"))
        }
        return try answer.get()
    }

    private func run(_ request: HTTPRequest, on client: HTTPClient) async throws -> HTTPResponse {
        var outgoing = HTTPClientRequest(url: request.url.description)
        outgoing.method = HTTPMethod(rawValue: request.method)
        outgoing.headers = request.headers
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        if let authority = request.authority {
            outgoing.tlsConfiguration = try Authority.configuration(pem: authority)
        }
        let response = try await client.execute(outgoing, deadline: .distantFuture)
        let limit = request.responseLimit
        let declared = response.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        guard declared <= limit || request.method == "HEAD" else {
            throw TransportError(
                .responseTooLarge,
                "the answer has \(declared) bytes, the limit is \(limit)",
            )
        }
        var body: [UInt8] = []
        if request.method != "HEAD" { body.reserveCapacity(min(limit, declared)) }
        for try await buffer in response.body {
            guard body.count + buffer.readableBytes <= limit else {
                throw TransportError(
                    .responseTooLarge,
                    "the answer is longer than its limit of \(limit) bytes",
                )
            }
            body.append(contentsOf: buffer.readableBytesView)
        }
        try Task.checkCancellation()
        return HTTPResponse(
            status: Int(response.status.code),
            headers: response.headers,
            body: body,
            url: request.url,
        )
    }
}
