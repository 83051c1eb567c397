import Model

/// The rules of redirects (RFC 9110, section 15.4).
enum Redirect {
    static let statuses: Set<Int> = [301, 302, 303, 307, 308]

    /// The request that follows.
    ///
    /// 303 becomes GET, as does POST after 301 and 302. To another origin go only harmless headers.
    /// From https to http no redirect leads.
    static func next(
        after request: HTTPRequest,
        status: Int,
        location: String,
    ) throws(TransportError) -> HTTPRequest {
        var next = request
        do throws(WebURL.Mistake) {
            next.url = try request.url.resolving(location)
        } catch {
            throw TransportError(
                .redirectRefused,
                "it redirects to a URL that is not accepted: \(error.message)",
            )
        }
        guard request.url.scheme == .http || next.url.scheme == .https else {
            throw TransportError(.redirectRefused, "it redirects from https to http")
        }
        let becomesGet =
            status == 303 && request.method != "HEAD"
            || (status == 301 || status == 302) && request.method == "POST"
        if becomesGet {
            next.method = "GET"
            next.body = nil
            for (name, _) in request.headers where name.lowercased().hasPrefix("content-") {
                next.headers.remove(name: name)
            }
        }
        if next.url.origin != request.url.origin {
            for (name, _) in request.headers
            where !FieldRules.harmless.contains(name.lowercased()) {
                next.headers.remove(name: name)
            }
        }
        return next
    }
}
