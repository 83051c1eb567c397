import Engine
import Foundation
import Model
import Testing

/// docs/guides/webhooks.md says what webhooks do.
@Suite(.timeLimit(.minutes(2))) struct WebhookPageTests {
    private static var root: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    private static func page() throws -> String {
        let file = root.appendingPathComponent("docs/guides/webhooks.md")
        return try String(contentsOf: file, encoding: .utf8)
    }

    // MARK: Signing

    private struct Example {
        var verify: String
        var secret: String
        var body: String
        var headers: [(String, String)]
    }

    /// One from each section that has a shell block.
    private static func examples() throws -> [Example] {
        try page().components(separatedBy: "\n### ").dropFirst().map { section in
            let lines = section.components(separatedBy: "\n")
            func value(_ prefix: String) throws -> String {
                let line = try #require(lines.first { $0.hasPrefix(prefix) }, "\(prefix)")
                return String(line.dropFirst(prefix.count)).trimmingCharacters(in: ["'"])
            }
            let headers = lines.filter { $0.hasPrefix("# sent: ") }.compactMap { line in
                let parts = line.dropFirst(8).split(separator: ":", maxSplits: 1).map(String.init)
                return parts.count == 2
                    ? (parts[0].lowercased(), String(parts[1].dropFirst())) : nil
            }
            return Example(
                verify: try value("verify: "),
                secret: try value("secret="),
                body: try value("body="),
                headers: headers,
            )
        }
    }

    @Test("every example of signing is genuine with its numbers, and with no others")
    func signing() async throws {
        let examples = try Self.examples()
        #expect(examples.count == 4)
        for example in examples {
            let secrets = ["KEY": example.secret]
            let yaml = SignatureTests.workflow(example.verify)
            try await RunningWebhook.run(yaml, secrets: secrets) { webhook in
                let headers = [("content-type", "application/json")] + example.headers
                let answer = await webhook.ask(example.body, headers)
                #expect(answer.status == 200, "\(example.verify): \(answer.text)")
                for index in headers.indices.dropFirst() {
                    var wrong = headers
                    wrong[index].1 += "0"
                    let answer = await webhook.ask(example.body, wrong)
                    #expect(answer.status == 401, "\(wrong[index])")
                    #expect(await webhook.executions() == 1)
                }
            }
        }
    }

    // MARK: The table

    /// Status and code of each row.
    private static func rows() throws -> [String: Int] {
        var rows: [String: Int] = [:]
        for line in try page().components(separatedBy: "\n") where line.hasPrefix("| ") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: [" ", "`"]) }
            guard cells.count == 4, cells[1].hasPrefix("B"), let status = Int(cells[0]) else {
                continue
            }
            #expect(rows[cells[1]] == nil, "\(cells[1]) twice")
            rows[cells[1]] = status
        }
        return rows
    }

    private static func badJSON() -> RequestFault? {
        do throws(JSONError) {
            _ = try JSONParser.parse("{")
            return nil
        } catch { return .invalidJSON(error) }
    }

    @Test("the table has every fault of a request with its status")
    func faults() throws {
        let faults: [RequestFault] = [
            try #require(Self.badJSON()), .bodyTooLarge(limit: 1), .headersTooLarge,
            .methodNotAllowed("GET"), .unknownWebhook("w"), .unsigned("it"), .wrongSignature,
            .staleTimestamp, .secretUnavailable, .invalidInput([]), .invalidForm(""),
            .invalidText, .invalidIdempotencyKey, .invalidCorrelationID(""),
            .invalidDeduplicationKey(""),
        ]
        let rows = try Self.rows()
        for fault in faults { #expect(rows[fault.code] == fault.answer.status, "\(fault.code)") }
        // None is forgotten above.
        let file = Self.root.appendingPathComponent("Sources/Engine/Webhooks/RequestFault.swift")
        let source = try String(contentsOf: file, encoding: .utf8)
        #expect(source.components(separatedBy: ": \"B").count - 1 == faults.count)
        #expect(Set(faults.map(\.code)).count == faults.count)
    }

    @Test("the table has every refusal of a start and every end that a caller can hear of")
    func refusals() throws {
        var rows = try Self.rows()
        let id = CallerContractTests.id
        let refusals: [StartRefusal] = [
            .instanceBusy(retryAfter: TimeSpan(milliseconds: 1)),
            .engineBusy(retryAfter: TimeSpan(milliseconds: 1)), .keyReused(id),
            .storeUnavailable(""),
        ]
        let caller = CallerAnswer(id: id, statusURL: "")
        let ends = [
            caller.timedOut(), caller.unknown(), caller.finished(nil, reply: nil),
            caller.replied(.init(status: 200)),
        ]
        var told = refusals.map { ($0.problem.code, $0.problem.status) }
        told += ends.map { ($0.code, $0.status) }
        for (code, status) in told {
            let code = try #require(code)
            #expect(rows.removeValue(forKey: code) == status, "\(code)")
        }
        #expect(rows.keys.allSatisfy { $0.hasPrefix("B30") } && rows.count == 15)
    }

    @Test("the limits on the page are the ones that hold")
    func limits() throws {
        let page = try Self.page().replacingOccurrences(of: "\n", with: " ")
            .replacingOccurrences(of: "  ", with: " ")
        for words in [
            "more than \(WebhookLimits.headerCount) header fields, or "
                + "\(WebhookLimits.headerBytes >> 10) KiB of them",
            "1 to \(WebhookLimits.keyLength) visible characters",
            "\(WebhookLimits.keyLength) characters at most",
            "(\(WebhookLimits.longestWait.milliseconds / 1000) is the most)",
            "at most \(WebhookLimits.jsonDepth) levels",
            "for \(StartRequest.idempotencyWindow.milliseconds / 3_600_000) hours",
        ] { #expect(page.contains(words), "\(words)") }
        for method in WebhookLimits.methods { #expect(page.contains("`\(method)`")) }
    }
}
