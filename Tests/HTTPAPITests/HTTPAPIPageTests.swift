import Embedding
import Engine
import Foundation
import Model
import Testing

@testable import HTTPAPI

/// docs/reference/http-api.md says every route, parameter, limit and code.
@Suite struct HTTPAPIPageTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func page() throws -> String { try text("docs/reference/http-api.md") }

    private static func rows() throws -> [Substring] {
        try page().split(separator: "\n").filter { $0.hasPrefix("| ") }
    }

    // MARK: Routes

    @Test func `every route has a row with its methods and who may call it`() throws {
        let rows = try Self.rows()
        for route in Route.allCases {
            let methods = route.methods.filter { $0 != "HEAD" }.map { "`\($0)`" }
            let start = "| \(methods.joined(separator: " ")) | `\(route.path)` | "
            let row = try #require(rows.first { $0.hasPrefix(start) }, "\(route.path)")
            let who = row.dropFirst(start.count).prefix { $0 != "|" }
            switch route.access {
            case .admin: #expect(who == "admin ", "\(route.path)")
            case .permission(let permission):
                #expect(who == "`\(permission.rawValue)` ", "\(route.path)")
            case .capability: #expect(who == "its caller, `read_executions` ", "\(route.path)")
            case .everybody: #expect(!who.contains("admin"), "\(route.path)")
            }
        }
    }

    @Test func `every query parameter and each word that it takes is in a row`() throws {
        let rows = try Self.rows()
        for name in Set(Route.allCases.flatMap(\.parameters)) {
            #expect(rows.contains { $0.prefix(40).contains("`\(name)`") }, "\(name)")
        }
        let status = try #require(rows.first { $0.hasPrefix("| `status` |") })
        for word in ExecutionStatus.allCases { #expect(status.contains("`\(word.rawValue)`")) }
        let reason = try #require(rows.first { $0.hasPrefix("| `reason` |") })
        for word in ExecutionReason.allCases { #expect(reason.contains("`\(word.rawValue)`")) }
    }

    // MARK: Limits

    private static func count(_ number: Int) -> String {
        number < 1000
            ? "\(number)" : "\(number / 1000)," + String("\(1000 + number % 1000)".dropFirst())
    }

    private static func seconds(_ span: TimeSpan) -> String { "\(span.milliseconds / 1000) s" }

    @Test func `every limit has a row with its number`() throws {
        let rows = try Self.rows()
        let defaults = HTTPAPIConfiguration()
        let limits = [
            ("request target", "\(defaults.targetLimit >> 10) KiB"),
            ("header fields", Self.count(WebhookLimits.headerCount)),
            ("names and values of all header fields", "\(WebhookLimits.headerBytes >> 10) KiB"),
            ("JSON containers inside one another", Self.count(WebhookLimits.jsonDepth)),
            ("names and values of a query or form", Self.count(WebhookLimits.formFields)),
            (
                "characters of an idempotency key or correlation id",
                Self.count(WebhookLimits.keyLength),
            ),
            ("`Prefer: wait`", Self.seconds(WebhookLimits.longestWait)),
            ("head of a connection's first request", Self.seconds(defaults.headTimeout)),
            ("body after its head", Self.seconds(defaults.bodyTimeout)),
            ("connection on which nothing happens", Self.seconds(defaults.idleTimeout)),
            ("comment of a silent event stream", Self.seconds(defaults.heartbeat)),
            ("characters of a name in a body", Self.count(RequestBody.nameLength.upperBound)),
            ("bytes of an `external_id`", Self.count(EndUser.externalIDLength.upperBound)),
            ("`metadata` of an end user", "\(EndUser.metadataLimit >> 10) KiB"),
            ("`config` of a body", "\(RequestBody.configLimit >> 10) KiB"),
            ("`fields` of a credential", "\(RequestBody.fieldsLimit >> 10) KiB"),
            ("slots in one `auth`", Self.count(InstanceBody.slots)),
            ("bytes of an end user's token", Self.count(TokenText.longest)),
            ("`public_key` of a signing key", "\(Directory.publicKeyLimit >> 10) KiB"),
            ("bytes of a `return_url`", Self.count(ReturnAddress.longest)),
            ("`expires_in` of a connect link", Self.seconds(ConnectLink.lifetimes.upperBound)),
            ("body of a bulk creation", "\((Route.createEndUsers.bodyLimit ?? 0) >> 20) MiB"),
            ("items of a bulk creation", Self.count(Directory.bulkLimit)),
            (
                "instances that a change of many looks at in one call",
                Self.count(InstanceFilter.pageLimit),
            ),
            ("connections at once", Self.count(defaults.connections)),
            ("event streams at once", Self.count(defaults.streams)),
        ]
        for (name, number) in limits {
            #expect(rows.contains { $0.hasPrefix("| \(name) | \(number) |") }, "\(name) \(number)")
        }
        #expect(try Self.page().contains("at least \(AdminToken.shortest) characters"))
        #expect(try Self.page().contains("`\(defaults.host):\(defaults.port)`"))
    }

    // MARK: Codes

    private static let faults: [APIFault] = [
        .unauthenticated, .wrongToken, .unknownParameter("x"), .invalidParameter("x", "y"),
        .noRoute("/x"), .methodNotAllowed(["GET"]), .unknownExecution("x"), .unknownWorkflow("x"),
        .notAcceptable("x/y"), .unsupportedMediaType("x/y"), .wrongCapability, .headTimeout,
        .bodyTimeout, .malformed("x"), .notReady, .storeFailed("x"), .targetTooLong(1),
        .bodyTooLarge(1), .headersTooLarge, .tooManyStreams, .notStartable("x", "alert"), .bodyCut,
        .unknownMember("x"), .invalidMember("x", "y"), .memberTooLarge("x", 1),
    ]

    private static func requestFaults() -> [RequestFault] {
        var faults: [RequestFault] = [
            .bodyTooLarge(limit: 1), .headersTooLarge, .methodNotAllowed("GET"),
            .unknownWebhook("x"), .unsigned("x"), .wrongSignature, .staleTimestamp,
            .secretUnavailable, .invalidInput([]), .invalidForm("x"), .invalidText,
            .invalidIdempotencyKey, .invalidCorrelationID("x"), .invalidDeduplicationKey("x"),
        ]
        do throws(JSONError) { _ = try JSONParser.parse("{") } catch {
            faults.append(.invalidJSON(error))
        }
        return faults
    }

    /// The numbers of problems that a file of the sources makes.
    private static func codes(_ path: String) throws -> Set<String> {
        Set(try text(path).matches(of: /"(B[0-9]{4})"/).map { String($0.1) })
    }

    private static func check(_ answer: HTTPAnswer, _ rows: [Substring]) throws {
        let problem = try JSONParser.parse(answer.body)
        let code = try #require(problem["code"]?.stringValue)
        let title = try #require(problem["title"]?.stringValue)
        let start = "| `\(code)` | \(answer.status) | \(title) | "
        #expect(rows.contains { $0.hasPrefix(start) }, "\(start)")
    }

    @Test func `every fault of the API has a row with its status and title`() throws {
        let rows = try Self.rows()
        for fault in Self.faults { try Self.check(fault.answer(), rows) }
        let sources = try Self.codes("Sources/Surfaces/HTTPAPI/APIFault.swift")
        #expect(Set(Self.faults.map(\.code)) == sources)
    }

    @Test func `every fault of the embedding that a call can meet has a row`() throws {
        let rows = try Self.rows()
        // Those two are of a deployment, not of a call.
        let deployment: Set<EmbeddingFault> = [.sameVersion, .solutionInUse, .otherSolution]
        for fault in EmbeddingFault.allCases where !deployment.contains(fault) {
            try Self.check(.refusal(fault.problem()), rows)
        }
        let sources = try ["", "+Credentials", "+EndUsers", "+Creation"].flatMap {
            try Self.codes("Sources/Engine/Directory/Directory\($0).swift")
        }
        #expect(sources.count >= 5)
        for code in sources {
            #expect(rows.contains { $0.hasPrefix("| `\(code)` | ") }, "\(code)")
        }
    }

    @Test func `every fault of connecting, of keys and of links has a row`() throws {
        let rows = try Self.rows()
        for fault in ConnectFault.allCases { try Self.check(.refusal(fault.problem()), rows) }
    }

    @Test func `the table of roles and permissions is that of the roles`() throws {
        let rows = try Self.rows()
        for permission in Permission.allCases {
            let marks = [Role.builder, .support, .client].map {
                $0.permissions.contains(permission) ? "yes" : ""
            }
            let row = "| `\(permission.rawValue)` | \(marks.joined(separator: " | ")) |"
                .replacing("|  |", with: "| |").replacing("|  |", with: "| |")
            #expect(rows.contains { $0 == row }, "\(row)")
        }
    }

    @Test func `every fault of a request has a row with its status and title`() throws {
        let rows = try Self.rows()
        let faults = Self.requestFaults()
        for fault in faults { try Self.check(fault.answer, rows) }
        let sources = try Self.codes("Sources/Engine/Webhooks/RequestFault.swift")
        #expect(Set(faults.map(\.code)) == sources)
    }

    @Test func `every refusal of a start has a row with its status and title`() throws {
        let rows = try Self.rows()
        let id = ExecutionID(milliseconds: ExecutionID.epoch + 9, worker: 1, sequence: 1)
        let second = TimeSpan(milliseconds: 1000)
        let refusals: [StartRefusal] = [
            .instanceBusy(retryAfter: second), .engineBusy(retryAfter: second), .keyReused(id),
            .storeUnavailable("x"),
        ]
        for refusal in refusals { try Self.check(.refusal(refusal.problem), rows) }
        let sources = try Self.codes("Sources/Engine/Facade/StartRequest.swift")
        #expect(Set(refusals.compactMap(\.problem.code)) == sources)
    }

    @Test func `every other code that a caller can see is on the page`() throws {
        let page = try Self.page()
        for path in [
            "Sources/Engine/Webhooks/CallerAnswer.swift", "Sources/Engine/Engine+Start.swift",
            "Sources/Surfaces/HTTPAPI/AdminToken.swift",
        ] {
            let codes = try Self.codes(path)
            #expect(!codes.isEmpty, "\(path)")
            for code in codes { #expect(page.contains("`\(code)`"), "\(code)") }
        }
    }

    // MARK: Examples

    @Test func `every answer that the page shows in full is JSON`() throws {
        let lines = try Self.page().split(separator: "\n")
        let answers = lines.filter { $0.hasPrefix("{") && !$0.contains("…") }
        #expect(answers.count > 7)
        for line in answers { _ = try JSONParser.parse(String(line)) }
    }

    @Test func `every event has a row`() throws {
        let source = try Self.text("Sources/Surfaces/HTTPAPI/EventDocument.swift")
        let rows = try Self.rows()
        let names = source.matches(of: /"([a-z]+_[a-z]+|waiting|replied|finished)"/)
        #expect(names.count >= 7)
        for name in names {
            #expect(rows.contains { $0.prefix(40).contains("`\(name.1)`") }, "\(name.1)")
        }
    }

    @Test func `every metric has a row`() throws {
        let rows = try Self.rows()
        let source = try Self.text("Sources/Surfaces/HTTPAPI/MetricsText.swift")
        let names = source.matches(of: /"(backstop_[a-z_]+)"/)
        #expect(names.count >= 5)
        for name in names {
            #expect(rows.contains { $0.hasPrefix("| `\(name.1)") }, "\(name.1)")
        }
    }
}
