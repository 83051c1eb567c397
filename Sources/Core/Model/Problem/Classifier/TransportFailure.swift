/// Every way in which a request can fail without an acceptable answer.
package enum TransportFailure: String, Sendable, Hashable, CaseIterable {
    case invalidURL, invalidRequest, addressRefused, requestTooLarge
    case hostUnknown, resolverFailed
    case connectRefused, unreachable, connectTimeout, poolTimeout
    case certificate, tlsHandshake, tlsTimeout, authority
    case reset, readTimeout, writeTimeout, totalTimeout
    case responseTooLarge, malformedResponse, malformedJSON, malformedText, undecodable
    case tooManyRedirects, redirectRefused
    case cancelled, internalFault
}
