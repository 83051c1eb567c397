import ConnectorKit
import Model
import Synchronization
import Testing

@testable import Connectors

/// What a user's browser does: cookies and forms, and every redirect by hand.
final class Browser: Sendable {
    struct Page {
        var status: Int
        var location: String?
        var body: String

        /// The hidden fields of its form.
        var hidden: [String: String] {
            var fields: [String: String] = [:]
            for tag in body.split(separator: "<input").dropFirst() {
                let tag = tag.prefix { $0 != ">" }
                guard Page.attribute("type", tag) == "hidden",
                    let name = Page.attribute("name", tag)
                else { continue }
                fields[name] = Page.attribute("value", tag) ?? ""
            }
            return fields
        }

        private static func attribute(_ name: String, _ tag: Substring) -> String? {
            guard let start = tag.firstRange(of: "\(name)=\"")?.upperBound else { return nil }
            return String(tag[start...].prefix { $0 != "\"" }).replacing("&amp;", with: "&")
        }
    }

    private let test: TestConnectors
    private let base: String
    private let cookies = Mutex<[String: String]>([:])

    init(_ test: TestConnectors, base: String) {
        self.test = test
        self.base = base
    }

    func get(_ address: String) async throws -> Page { try await ask("GET", address, form: nil) }

    func post(_ address: String, _ form: [String: String]) async throws -> Page {
        try await ask("POST", address, form: form)
    }

    private func ask(
        _ method: String,
        _ address: String,
        form: [String: String]?,
    ) async throws -> Page {
        let cookie = cookies.withLock { jar in
            jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        }
        var input: JSONObject = [
            "method": .string(method),
            "url": .string(address.hasPrefix("/") ? base + address : address),
            "redirects": ["follow": false], "response": "text",
            "ok_statuses": ["2xx", "3xx", "4xx"],
        ]
        var headers = JSONObject()
        if !cookie.isEmpty { headers["Cookie"] = .string(cookie) }
        input["headers"] = .object(headers)
        if let form {
            input["form"] = .object(JSONObject(form.map { ($0.key, .string($0.value)) }))
        }
        let answer = try await test.call("http.request", .object(input))
        let set = answer["headers"]?["set-cookie"]
        for line in set?.arrayValue?.compactMap(\.stringValue)
            ?? [set?.stringValue].compactMap(\.self)
        {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            cookies.withLock { $0[String(pair[0])] = String(pair[1]) }
        }
        return Page(
            status: Int(answer["status"]?.integerValue ?? 0),
            location: answer["headers"]?["location"]?.stringValue,
            body: answer["body"]?.stringValue ?? "",
        )
    }
}
