import Model

/// The addresses of an authorization server: https, or this machine itself.
enum OAuthEndpoint {
    static func url(_ text: String, named name: String) throws(Problem) -> WebURL {
        let url: WebURL
        do throws(WebURL.Mistake) {
            url = try WebURL(text)
        } catch {
            throw OAuthProblem.misconfigured("the \(name) is not accepted: \(error.message)")
        }
        guard url.scheme == .https || isLoopback(url.host) else {
            throw OAuthProblem.misconfigured(
                "the \(name) must begin with https:// (RFC 6749, section 3)"
            )
        }
        return url
    }

    private static func isLoopback(_ host: String) -> Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && IPAddress(host) != nil
    }
}
