import ConnectorKit
import Model

/// Reads the query with which the user comes back (RFC 6749, section 4.1.2; RFC 9207).
enum AuthorizationAnswer {
    static let longestCode = 4096

    static func code(_ query: JSONObject, client: OAuthClient) throws(Problem) -> String {
        // First who answers: another server's word, an error too, means nothing here.
        if let issuer = client.issuer, query["iss"]?.stringValue != issuer {
            throw wrong("the answer does not come from the issuer \(issuer)")
        }
        if let error = query["error"]?.stringValue {
            throw OAuthProblem.make(
                error: error,
                description: query["error_description"]?.stringValue,
                place: "the service sent the user back",
            )
        }
        guard let code = query["code"]?.stringValue, (1...longestCode).contains(code.utf8.count),
            code.utf8.allSatisfy({ 32...126 ~= $0 })
        else { throw wrong("the service sent the user back without a code and without an error") }
        return code
    }

    private static func wrong(_ detail: String) -> Problem {
        var problem = Problem(.authentication, detail: detail, code: "B2619")
        problem.status = 400
        return problem
    }
}
