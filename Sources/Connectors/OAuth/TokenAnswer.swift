import ConnectorKit
import Model

/// Reads what a token endpoint answers (RFC 6749, sections 5.1 and 5.2).
enum TokenAnswer {
    /// RFC 6750, and the names that Slack has for the same.
    static let types: Set<String> = ["bearer", "bot", "user"]
    static let longestToken = 16_384
    static let longestLife = TimeSpan.longest

    /// - Parameter kept: the tokens that are being refreshed.
    static func read(
        _ response: HTTPResponse,
        to request: TokenRequest,
        kept: TokenSet?,
        now: Timestamp,
    ) throws(Problem) -> TokenSet {
        let place = "POST \(response.url.summary) answered \(response.status)"
        let object = object(response)
        if response.status == 429 || response.status >= 500 {
            throw later(response, object, place: place, now: now)
        }
        if let error = object?["error"]?.stringValue {
            var problem = OAuthProblem.make(
                error: error,
                description: object?["error_description"]?.stringValue,
                place: place,
            )
            if problem.isRetryable { wait(&problem, response, now: now) }
            throw problem
        }
        guard response.status == 200 || response.status == 201 else {
            throw unreadable(response, place: place)
        }
        guard let object else { throw malformed(place, "no JSON object and no form") }
        return try tokens(object, to: request, kept: kept, now: now, place: place)
    }

    private static func tokens(
        _ object: JSONObject,
        to request: TokenRequest,
        kept: TokenSet?,
        now: Timestamp,
        place: String,
    ) throws(Problem) -> TokenSet {
        guard let token = object["access_token"]?.stringValue, isToken(token) else {
            throw malformed(place, "no access_token that a header can carry")
        }
        let type = object["token_type"]?.stringValue ?? "bearer"
        guard types.contains(type.lowercased()) else {
            throw malformed(place, "a token_type that is not bearer")
        }
        var refresh = kept?.refreshToken
        if let new = object["refresh_token"]?.stringValue, !new.isEmpty {
            guard new.utf8.count <= longestToken else {
                throw malformed(place, "a refresh_token of more than \(longestToken) bytes")
            }
            refresh = new
        }
        // What a refresh does not repeat stays as it was; what else is not said was granted.
        let asked = kept.map { $0.scopes + $0.missingScopes } ?? request.client.scopes
        let scopes = object["scope"].map(scopes) ?? kept?.scopes ?? request.client.scopes
        return TokenSet(
            accessToken: token,
            refreshToken: refresh,
            expiresAt: life(object["expires_in"]).map { now + $0 },
            obtainedAt: now,
            scopes: scopes,
            missingScopes: asked.filter { !scopes.contains($0) },
            extra: extra(object, kept: kept),
        )
    }

    /// JSON, or the form that GitHub sends to who does not ask for JSON.
    private static func object(_ response: HTTPResponse) -> JSONObject? {
        if case .success(.object(let object)) = response.body.withUnsafeBufferPointer({
            JSONParser.parse(buffer: $0)
        }) {
            return object
        }
        guard response.contentType.essence == "application/x-www-form-urlencoded",
            let text = String(validating: response.body, as: UTF8.self)
        else { return nil }
        var object = JSONObject()
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = PercentEncoding.formDecoded(parts[0]),
                let value = PercentEncoding.formDecoded(parts[1])
            else { return nil }
            object[name] = .string(value)
        }
        return object
    }

    private static func isToken(_ text: String) -> Bool {
        (1...longestToken).contains(text.utf8.count) && text.utf8.allSatisfy { 33...126 ~= $0 }
    }

    /// Seconds as a number or, from some services, as digits; nil when not said.
    private static func life(_ value: JSONValue?) -> TimeSpan? {
        guard let value, !value.isNull,
            let seconds = value.doubleValue ?? value.stringValue.flatMap(Double.init),
            seconds.isFinite
        else { return nil }
        let longest = Double(longestLife.milliseconds / 1000)
        return TimeSpan(milliseconds: Int64(min(longest, max(0, seconds))) * 1000)
    }

    /// Separated by blanks, by commas from some services, or a list.
    private static func scopes(_ value: JSONValue) -> [String] {
        let texts = value.arrayValue?.compactMap(\.stringValue) ?? [value.stringValue ?? ""]
        return texts.flatMap { $0.split { $0 == " " || $0 == "," }.map(String.init) }
    }

    /// What the service says besides; tokens of identity are not kept.
    private static func extra(_ object: JSONObject, kept: TokenSet?) -> JSONObject {
        let known: Set<String> = [
            "access_token", "refresh_token", "token_type", "expires_in", "scope", "id_token",
        ]
        var extra = kept?.extra ?? JSONObject()
        for (name, value) in object where !known.contains(name) { extra[name] = value }
        return extra
    }

    // MARK: Problems

    private static func later(
        _ response: HTTPResponse,
        _ object: JSONObject?,
        place: String,
        now: Timestamp,
    ) -> Problem {
        var detail = place
        if let error = object?["error"]?.stringValue, OAuthProblem.isCode(error) {
            detail += ": \(error)"
        }
        var problem = Problem(
            response.status == 429 ? .rateLimit : .service,
            detail: detail,
            code: "B2614",
        )
        wait(&problem, response, now: now)
        return problem
    }

    private static func wait(
        _ problem: inout Problem,
        _ response: HTTPResponse,
        now: Timestamp,
    ) {
        guard let after = StatusProblem.retryAfter(response, now: now) else { return }
        problem.retry = RetryAdvice(kind: .after, after: after)
    }

    /// No tokens and no error that says why.
    private static func unreadable(_ response: HTTPResponse, place: String) -> Problem {
        let detail = "\(place), without an error of RFC 6749"
        var problem = Problem(.configuration, detail: detail, code: "B2613")
        if response.status == 401 {
            problem = Problem(.configuration, detail: detail, code: "B2612")
        } else if response.status == 408 || response.status == 425 {
            problem = Problem(.service, detail: detail, code: "B2614")
        }
        problem.origin = .service
        if !problem.isRetryable { problem.actor = .builder }
        return problem
    }

    /// Says what is wrong, and nothing of what was there: it may be a token.
    private static func malformed(_ place: String, _ what: String) -> Problem {
        var problem = Problem(.service, detail: "\(place) with \(what)", code: "B2615")
        problem.retry = RetryAdvice(kind: .terminal)
        problem.actor = .builder
        problem.action = .contact
        return problem
    }
}
