import ConnectorKit
import Embedding
import MemoryStore
import Model
import StorePort
import StoreTestKit
import Synchronization
import Testing

@testable import Engine

/// Connect links: what they let somebody do, once, in one browser, for one end user.
@Suite(.timeLimit(.minutes(2))) struct ConnectingTests {
    private static let solution = """
        solution: s
        version: 1.0.0
        title: Lead sync
        auth:
          crm: { service: crm }
          archive: { service: crm }
          mail: { service: mail }
          support: { service: crm, shared: true }
        """

    private static let account = """
        services:
          crm:
            title: Acme CRM
            kinds: [oauth2, api_key]
            header: X-Key
            oauth:
              client_id: partner
              authorization_url: https://id.test/authorize
              token_url: https://id.test/token
        connect:
          return_urls: ["https://app.test/integrations"]
        """

    private static let workflow = """
        workflow: w
        trigger: manual
        steps:
          - { run: test.do }
        """

    private static func embedded(_ tokens: TestTokens) -> Embedded {
        var embedded = Embedded(
            solution: solution,
            workflows: ["w": workflow],
            account: account,
            connectors: [TestConnector()],
        )
        embedded.tokens = tokens
        return embedded
    }

    /// One browser and what it holds.
    private final class Browser: Sendable {
        private let held = Mutex<[ObjectID: String]>([:])

        func holds(_ link: ObjectID) -> String? { held.withLock { $0[link] } }

        @discardableResult
        func keep(_ view: ConnectView) -> ConnectView {
            if let new = view.newBrowser { held.withLock { $0[view.link.id] = new } }
            return view
        }
    }

    private static func run(
        on store: any Store = MemoryStore(),
        tokens: TestTokens = TestTokens { _ throws(Problem) in .of("granted") },
        _ body: @escaping @Sendable (Engine, Instance) async throws -> Void,
    ) async throws {
        try await embedded(tokens).run(on: store, vault: Embedded.vault()) { engine in
            try await body(engine, try await engine.newInstance("ada"))
        }
    }

    private static func link(
        _ engine: Engine,
        _ instance: Instance,
        slot: String? = nil,
        returnURL: String? = nil,
    ) async throws -> String {
        try await engine.directory.createConnectLink(
            ConnectLink.Purpose(
                endUser: instance.endUser,
                instance: instance.id,
                slot: slot,
                returnURL: returnURL,
            ),
            lifetime: ConnectLink.usualLifetime,
            by: .adminToken,
        ).token
    }

    private static func key() throws -> StoredCredential {
        try #require(StoredCredential(kind: .apiKey, fields: ["key": "k-1"]))
    }

    private static func code(_ body: () async throws(Problem) -> Void) async -> String? {
        do throws(Problem) {
            try await body()
            return nil
        } catch {
            return error.code
        }
    }

    /// The query with which the service sends the browser back.
    private static func agreed(_ address: String) -> JSONObject {
        let state = address.split(separator: "state=").last.map(String.init) ?? ""
        return ["state": .string(state), "code": .string("code-of-\(state)")]
    }

    @Test
    func `one act connects every empty slot of the service, and the link goes on until all is`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let token = try await Self.link(engine, instance)
            let browser = Browser()
            let page = try await directory.connectPage(token, browser: browser.holds)
            #expect(page.items.map(\.slot) == ["archive", "crm", "mail"])
            #expect(page.items.allSatisfy { $0.state == .missing && $0.title == "Lead sync" })
            let after = browser.keep(
                try await directory.connect(
                    token,
                    item: page.items[1].key,
                    with: try Self.key(),
                    browser: browser.holds,
                )
            )
            #expect(after.items.map(\.state) == [.connected, .connected, .missing])
            #expect(!after.isOver)
            let filled = try await directory.instance(instance.id, by: .adminToken)
            #expect(filled.auth["crm"] != nil && filled.auth["crm"] == filled.auth["archive"])
            // By its id from now on, in this browser.
            let end = try await directory.connect(
                after.link.id.description,
                item: "\(instance.id):mail",
                with: try Self.key(),
                browser: browser.holds,
            )
            #expect(end.isOver && end.newBrowser == nil)
            let key = try Self.key()
            let again = await Self.code { () throws(Problem) in
                _ = try await directory.connect(
                    token,
                    item: page.items[0].key,
                    with: key,
                    browser: browser.holds,
                )
            }
            #expect(again == "B2831")
            #expect(try await directory.connectPage(token, browser: browser.holds).isOver)
            let audit = try await directory.auditRecords(
                of: nil,
                before: nil,
                limit: 20,
                by: .adminToken,
            )
            let acts = audit.filter { $0.actor.kind == .connectLink }.map(\.action)
            #expect(
                acts.sorted() == [
                    "authentication.create", "authentication.create", "connect_link.use",
                    "connect_link.use", "instance.connect", "instance.connect",
                ]
            )
        }
    }

    @Test func `opening binds nothing, the first act binds, and another browser is told so`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let token = try await Self.link(engine, instance)
            let first = Browser()
            let second = Browser()
            for browser in [second, first, second] {
                _ = try await directory.connectPage(token, browser: browser.holds)
            }
            let view = first.keep(
                try await directory.connect(
                    token,
                    item: "\(instance.id):crm",
                    with: try Self.key(),
                    browser: first.holds,
                )
            )
            for name in [token, view.link.id.description] {
                let code = await Self.code { () throws(Problem) in
                    _ = try await directory.connectPage(name, browser: second.holds)
                }
                #expect(code == "B2831", "\(name)")
                _ = try await directory.connectPage(name, browser: first.holds)
            }
        }
    }

    @Test func `a link that is unknown, taken back or of an id alone is the same 404`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let token = try await Self.link(engine, instance)
            let id = try await directory.connectPage(token) { _ in nil }.link.id
            try await directory.revokeConnectLink(id, by: .adminToken)
            let other = try await Self.link(engine, instance)
            let unbound = try await directory.connectPage(other) { _ in nil }.link.id
            for name in [
                token, id.description, unbound.description, "bscl_", "", "nonsense",
                String(other.dropLast()), other + "A", "con_0000000000001",
            ] {
                let code = await Self.code { () throws(Problem) in
                    _ = try await directory.connectPage(name) { _ in "x" }
                }
                #expect(code == "B2830", "\(name)")
            }
        }
    }

    @Test func `an authorization is sent back once, to the browser that began it`() async throws {
        let tokens = TestTokens { _ throws(Problem) in .of("granted") }
        try await Self.run(tokens: tokens) { engine, instance in
            let directory = engine.directory
            let token = try await Self.link(engine, instance, slot: "crm")
            let browser = Browser()
            let begun = try await directory.beginAuthorization(
                token,
                item: "\(instance.id):crm",
                redirectURI: "https://b.test/oauth/callback",
                browser: browser.holds,
            )
            browser.keep(begun.view)
            let query = Self.agreed(begun.address)
            // Somebody who was lured into finishing it in another browser.
            let stolen = await directory.finishAuthorization(query) { _ in "another" }
            #expect(stolen.problem?.code == "B2831" && tokens.asked == 0)
            var forged = query
            forged["state"] = .string((query["state"]?.stringValue ?? "") + "0")
            let wrong = await directory.finishAuthorization(forged, browser: browser.holds)
            #expect(wrong.problem?.code == "B2617" && wrong.link == nil)

            let end = await directory.finishAuthorization(query, browser: browser.holds)
            #expect(end.problem == nil && end.link == begun.view.link.id)
            #expect(tokens.asked == 1)
            let again = await directory.finishAuthorization(query, browser: browser.holds)
            #expect(again.problem?.code == "B2831" && tokens.asked == 1)
            let filled = try await directory.instance(instance.id, by: .adminToken)
            let used = try await directory.credential(in: "crm", of: filled)
            guard case .bearer("granted") = used?.authentication.credential else {
                Issue.record("\(String(describing: used))")
                return
            }
        }
    }

    @Test func `a later start replaces the earlier one, and a refusal can be tried again`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let token = try await Self.link(engine, instance, slot: "crm")
            let browser = Browser()
            var addresses: [String] = []
            for _ in 1...2 {
                let begun = try await directory.beginAuthorization(
                    token,
                    item: "\(instance.id):crm",
                    redirectURI: "https://b.test/oauth/callback",
                    browser: browser.holds,
                )
                browser.keep(begun.view)
                addresses.append(begun.address)
            }
            let old = await directory.finishAuthorization(
                Self.agreed(addresses[0]),
                browser: browser.holds,
            )
            #expect(old.problem?.code == "B2839" && old.link != nil)
            var refused = Self.agreed(addresses[1])
            refused["code"] = nil
            refused["error"] = "access_denied"
            let denied = await directory.finishAuthorization(refused, browser: browser.holds)
            #expect(denied.problem?.code == "B2616")
            let begun = try await directory.beginAuthorization(
                token,
                item: "\(instance.id):crm",
                redirectURI: "https://b.test/oauth/callback",
                browser: browser.holds,
            )
            let end = await directory.finishAuthorization(
                Self.agreed(begun.address),
                browser: browser.holds,
            )
            #expect(end.problem == nil)
        }
    }

    @Test func `a connection that broke is renewed in its place`() async throws {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let record = try await directory.createAuthentication(
                Directory.NewAuthentication(
                    owner: instance.endUser,
                    service: "crm",
                    name: "CRM",
                    credential: StoredCredential(.of("old", hoursAgo: 9)),
                ),
                by: .adminToken,
            )
            _ = try await directory.connectInstance(
                instance.id,
                slots: [("crm", record.id), ("archive", record.id)],
                by: .adminToken,
            )
            try await directory.breakAuthentication(
                record.id,
                generation: 1,
                Problem(.authentication, code: "B2621"),
            )
            let token = try await Self.link(engine, instance)
            let page = try await directory.connectPage(token) { _ in nil }
            #expect(page.items.map(\.state) == [.expired, .expired, .missing])
            let after = try await directory.connect(
                token,
                item: "\(instance.id):crm",
                with: try Self.key(),
            ) { _ in nil }
            #expect(after.items.map(\.state) == [.connected, .connected, .missing])
            let filled = try await directory.instance(instance.id, by: .adminToken)
            #expect(filled.auth == ["crm": record.id, "archive": record.id])
            let used = try await directory.credential(in: "crm", of: filled)
            guard case .apiKey("k-1", _, _) = used?.authentication.credential else {
                Issue.record("\(String(describing: used))")
                return
            }
        }
    }

    @Test func `somebody else's slots and shared ones are not on the page and cannot be filled`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            let other = try await engine.newInstance("bob")
            let token = try await Self.link(engine, instance)
            let key = try Self.key()
            for item in ["\(other.id):crm", "\(instance.id):support", "crm", "", "x:y"] {
                let code = await Self.code { () throws(Problem) in
                    _ = try await directory.connect(token, item: item, with: key) { _ in nil }
                }
                #expect(code == "B2835", "\(item)")
            }
            let bearer = try #require(StoredCredential(kind: .bearer, fields: ["token": "t"]))
            let code = await Self.code { () throws(Problem) in
                _ = try await directory.connect(
                    token,
                    item: "\(instance.id):crm",
                    with: bearer,
                ) { _ in nil }
            }
            #expect(code == "B2836", "a kind that the service does not take")
            let purposes: [ConnectLink.Purpose] = [
                .init(endUser: instance.endUser, instance: other.id),
                .init(endUser: instance.endUser, instance: instance.id, slot: "support"),
                .init(endUser: instance.endUser, instance: instance.id, slot: "nothing"),
                .init(endUser: ObjectID("usr_0000000000001")),
                .init(endUser: instance.endUser, returnURL: "https://evil.test/"),
            ]
            var codes: [String?] = []
            for purpose in purposes {
                codes.append(
                    await Self.code { () throws(Problem) in
                        _ = try await directory.createConnectLink(
                            purpose,
                            lifetime: ConnectLink.usualLifetime,
                            by: .adminToken,
                        )
                    }
                )
            }
            #expect(codes == ["B2518", "B2506", "B2506", "B2518", "B2832"])
        }
    }

    @Test func `the account connects a shared service by a link, and renews it in its place`()
        async throws
    {
        try await Self.run { engine, instance in
            let directory = engine.directory
            var made: [ObjectID?] = []
            for _ in 1...2 {
                let (link, token) = try await directory.createConnectLink(
                    ConnectLink.Purpose(endUser: nil, service: "crm", name: "support"),
                    lifetime: ConnectLink.usualLifetime,
                    by: .adminToken,
                )
                let end = try await directory.connect(
                    token,
                    item: "crm",
                    with: try Self.key(),
                    browser: { _ in nil },
                )
                #expect(end.isOver && end.link.id == link.id)
                made.append(end.link.authentication)
            }
            let known = try await directory.authentications(
                after: nil,
                limit: 10,
                by: .adminToken,
            )
            #expect(known.map(\.id) == [made[0]] && made[0] == made[1])
            #expect(known[0].owner == nil && known[0].name == "support" && known[0].generation == 2)
            // It is in the shared slot of its name, and on no end user's page.
            #expect(try await directory.credential(in: "support", of: instance) != nil)
            let page = try await directory.connectPage(try await Self.link(engine, instance)) { _ in
                nil
            }
            #expect(page.items.allSatisfy { $0.slot != "support" })
            let support = Actor.key(
                APIKey(
                    id: instance.id,
                    name: "s",
                    role: .support,
                    hash: "",
                    createdAt: instance.createdAt,
                )
            )
            let code = await Self.code { () throws(Problem) in
                _ = try await directory.createConnectLink(
                    ConnectLink.Purpose(endUser: nil, service: "crm", name: "support"),
                    lifetime: ConnectLink.usualLifetime,
                    by: support,
                )
            }
            #expect(code == "B2517")
        }
    }

    @Test func `whatever write the store refuses, an act is done whole or not at all`() async throws
    {
        for number in 1...3 {
            let isArmed = Mutex(0)
            let store = FaultyStore(MemoryStore()) { _, name in
                guard name == "change" else { return false }
                return isArmed.withLock { left in
                    guard left > 0 else { return false }
                    left -= 1
                    return left == 0
                }
            }
            try await Self.run(on: store) { engine, instance in
                let directory = engine.directory
                let token = try await Self.link(engine, instance, slot: "crm")
                let browser = Browser()
                isArmed.withLock { $0 = number }
                let code = await Self.code { () throws(Problem) in
                    let begun = try await directory.beginAuthorization(
                        token,
                        item: "\(instance.id):crm",
                        redirectURI: "https://b.test/oauth/callback",
                        browser: browser.holds,
                    )
                    browser.keep(begun.view)
                    let end = await directory.finishAuthorization(
                        Self.agreed(begun.address),
                        browser: browser.holds,
                    )
                    if let problem = end.problem { throw problem }
                }
                #expect(code == "B2204", "\(number)")
                let filled = try await directory.instance(instance.id, by: .adminToken)
                let known = try await directory.authentications(
                    after: nil,
                    limit: 10,
                    by: .adminToken,
                )
                #expect(filled.auth.isEmpty && known.isEmpty, "\(number)")
            }
        }
    }
}
