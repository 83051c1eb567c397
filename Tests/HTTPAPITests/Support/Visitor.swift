import Model
import Synchronization
import Testing

/// An end user's browser: it keeps cookies, and goes where it is sent one step at a time.
final class Visitor: Sendable {
    private let api: RunningAPI
    private let cookies = Mutex<[String: String]>([:])

    init(_ api: RunningAPI) { self.api = api }

    /// Asks for an address of this server, whole or by its path.
    func get(_ address: String) async throws -> RunningAPI.Answer {
        try await ask("GET", address, nil, [])
    }

    func post(
        _ address: String,
        _ form: [(String, String)],
        site: String? = "same-origin",
    ) async throws -> RunningAPI.Answer {
        let body = form.map { "\(Self.encoded($0.0))=\(Self.encoded($0.1))" }
            .joined(separator: "&")
        var headers = [("Content-Type", "application/x-www-form-urlencoded")]
        if let site { headers.append(("Sec-Fetch-Site", site)) }
        return try await ask("POST", address, body, headers)
    }

    private func ask(
        _ method: String,
        _ address: String,
        _ body: String?,
        _ headers: [(String, String)],
    ) async throws -> RunningAPI.Answer {
        let path = address.replacing("http://127.0.0.1:\(api.port)", with: "")
        var headers = headers
        let held = cookies.withLock { jar in
            jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        if !held.isEmpty { headers.append(("Cookie", held)) }
        let answer = try await api.ask(method, path, body: body, headers: headers)
        if let set = answer.headers["set-cookie"] {
            #expect(set.contains("HttpOnly") && set.contains("SameSite=Lax"))
            let pair = set.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            cookies.withLock { $0[String(pair[0])] = String(pair[1]) }
        }
        return answer
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            (48...57).contains(byte) || (97...122).contains(byte) || (65...90).contains(byte)
                ? String(UnicodeScalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
