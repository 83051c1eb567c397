import Model
import NIOHTTP1

/// A request, checked and ready to be sent.
struct HTTPRequest: Sendable {
    var method: String
    var url: WebURL
    var headers: HTTPHeaders
    var body: [UInt8]?
    /// Names of the headers that carry credentials; they never go to another origin.
    var redirects: RedirectPolicy
    var timeouts: PhaseTimeouts
    /// Bytes of the decoded body.
    var responseLimit: Int
    /// Certificates in PEM that are trusted besides the system's.
    var authority: String?

    /// `POST https://api.example.com/orders`, for problem details.
    var summary: String { "\(method) \(url.summary)" }
}

/// Whether and how far redirects are followed.
struct RedirectPolicy: Sendable, Hashable {
    var follows = true
    /// From 0 to 20.
    var limit = 5
}

/// The longest that each phase of a request may take.
struct PhaseTimeouts: Sendable, Hashable {
    /// Each of name resolution, and connection with TLS handshake.
    var connect = TimeSpan(milliseconds: 10_000)
    /// Between two pieces of the answer, and before the first.
    var read = TimeSpan(milliseconds: 30_000)
    /// From the first byte of the first request to the last byte of the last answer, redirects
    /// included; nil leaves it to the step's own timeout.
    var total: TimeSpan?

    static let longest = TimeSpan(milliseconds: 600_000)
}
