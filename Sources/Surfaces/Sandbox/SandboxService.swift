/// One third party of the sandbox.
///
/// The raw value is the first segment of its paths and the last word of its demo token.
package enum SandboxService: String, CaseIterable, Sendable {
    case crm
    case erp
    case partner
    case channel
    case echo

    /// The token that opens the service, published on the sandbox's home page; nil: open to all.
    package var token: String? {
        self == .echo ? nil : "sandbox-token-\(rawValue)"
    }

    /// The request header, in lower case, that carries the token.
    package var tokenHeader: String {
        self == .erp ? "x-api-key" : "authorization"
    }

    /// What that header holds when the caller may enter.
    package var credential: String? {
        token.map { self == .erp ? $0 : "Bearer \($0)" }
    }
}
