import Embedding
import Engine
import Model

/// What binds a connect link to one browser: a cookie for each link.
struct ConnectCookie: Sendable {
    /// Whether the pages are served over https, as far as browsers see.
    var isSecure: Bool

    /// The prefix makes browsers refuse it from anywhere else (RFC 6265bis, section 4.1.3.2).
    private func name(_ link: ObjectID) -> String {
        (isSecure ? "__Host-" : "") + "backstop_\(link)"
    }

    func value(_ request: WebhookRequest, _ link: ObjectID) -> String? {
        let name = name(link)
        for field in request.headers where field.name == "cookie" {
            for pair in field.value.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false,
                )
                if parts.count == 2, parts[0] == name { return String(parts[1]) }
            }
        }
        return nil
    }

    /// Sent along when a service sends the browser back, hence `Lax`.
    func field(_ value: String, _ link: ConnectLink, now: Timestamp) -> HeaderField {
        let seconds = max(0, (link.expiresAt - now).milliseconds / 1000)
        let text =
            "\(name(link.id))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
        return HeaderField("set-cookie", isSecure ? text + "; Secure" : text)
    }
}
