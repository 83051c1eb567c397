import Model
import Testing

@testable import Sandbox

/// What each third party does when nothing is asked to fail.
@Suite struct ServiceTests {
    static let order: JSONValue = .object([
        "sku": .string("A-1"), "quantity": .integer(2), "reference": .string("R-1"),
    ])

    @Test func `the CRM finds a record, and says not found in its own shape`() {
        var sandbox = WorldUnderTest()
        #expect(
            sandbox.ask("GET", "/crm/objects/Account/001")["Name"] == .string("Northwind Traders")
        )
        let missing = sandbox.ask("GET", "/crm/objects/Account/999")
        #expect(missing.status == 404)
        #expect(missing["0.errorCode"] == .string("NOT_FOUND"))
    }

    @Test func `a contact is created once and updated after`() {
        var sandbox = WorldUnderTest()
        let ada: JSONValue = .object(["email": .string("ada@example.com")])
        let first = sandbox.ask("POST", "/crm/contacts", ada)
        let second = sandbox.ask("POST", "/crm/contacts", ada)
        #expect((first.status, second.status) == (201, 200))
        #expect(first["id"] == second["id"])
        let wrong = sandbox.ask("POST", "/crm/contacts", .object(["email": .string("ada")]))
        #expect(wrong.status == 400)
    }

    @Test func `leads are read page by page, each once`() {
        var sandbox = WorldUnderTest()
        for number in 0..<5 {
            let lead: JSONValue = .object(["Email": .string("l\(number)@example.com")])
            #expect(sandbox.ask("POST", "/crm/leads", lead).status == 201)
        }
        var seen: [JSONValue] = []
        var cursor = "0"
        var pages = 0
        while pages < 10 {
            let page = sandbox.ask("GET", "/crm/leads?since=\(cursor)&limit=3")
            seen += page["records"]?.arrayValue?.compactMap { $0.objectValue?["Id"] } ?? []
            cursor = page["cursor"]?.stringValue ?? ""
            pages += 1
            if page["done"] == .bool(true) { break }
        }
        #expect(pages == 3)
        #expect(seen.count == 7)
        #expect(Set(seen.compactMap(\.stringValue)).count == 7)
        #expect(sandbox.ask("GET", "/crm/leads?since=\(cursor)")["records"] == .array([]))
    }

    @Test func `the ERP makes one order per idempotency key`() {
        var sandbox = WorldUnderTest()
        let key = ["idempotency-key": "k"]
        let first = sandbox.ask("POST", "/erp/orders", Self.order, headers: key)
        let again = sandbox.ask("POST", "/erp/orders", Self.order, headers: key)
        #expect(first.json == again.json)
        #expect(again.headers["Idempotency-Replayed"] == "true")
        let other: JSONValue = .object(["sku": .string("B"), "quantity": .integer(1)])
        #expect(sandbox.ask("POST", "/erp/orders", other, headers: key).status == 422)
        let counts = sandbox.ask("GET", "/erp/orders", token: false)
        #expect(counts["created"] == .integer(1))
        #expect(counts["replayed"] == .integer(1))
        #expect(counts["duplicates"] == .integer(0))
    }

    @Test func `without a key the ERP makes duplicates, and counts them`() {
        var sandbox = WorldUnderTest()
        for _ in 0..<3 { _ = sandbox.ask("POST", "/erp/orders", Self.order) }
        let counts = sandbox.ask("GET", "/erp/orders")
        #expect(counts["created"] == .integer(3))
        #expect(counts["duplicates"] == .integer(2))
        #expect(sandbox.ask("GET", "/erp/orders/SO-3")["reference"] == .string("R-1"))
    }

    static let refused: [(JSONObject, Int, String)] = [
        ([:], 422, "invalid_order"),
        (["sku": .string("A")], 422, "invalid_order"),
        (["sku": .string("A"), "quantity": .integer(0)], 422, "invalid_order"),
        (["sku": .string("sold-out"), "quantity": .integer(1)], 409, "out_of_stock"),
    ]

    @Test(arguments: refused)
    func `the ERP refuses an order that makes no sense`(
        _ order: JSONObject,
        _ status: Int,
        _ code: String,
    ) {
        var sandbox = WorldUnderTest()
        let reply = sandbox.ask("POST", "/erp/orders", .object(order))
        #expect(reply.status == status)
        #expect(reply["error.code"] == .string(code))
    }

    @Test func `the partner shows all statuses of a request in order`() {
        var sandbox = WorldUnderTest()
        for status in ["working", "success"] {
            let body: JSONValue = .object(["request": .string("r"), "status": .string(status)])
            #expect(sandbox.ask("POST", "/partner/status", body).status == 202)
        }
        let arrived = sandbox.ask("GET", "/partner/status/r", token: false)
        #expect(arrived["statuses.0.status"] == .string("working"))
        #expect(arrived["statuses.1.status"] == .string("success"))
        #expect(sandbox.ask("GET", "/partner/status/other").status == 404)
    }

    @Test func `a channel keeps its messages apart from another's`() {
        var sandbox = WorldUnderTest()
        let hello: JSONValue = .object(["text": .string("hello")])
        #expect(sandbox.ask("POST", "/channel/support/messages", hello)["ok"] == .bool(true))
        #expect(
            sandbox.ask("GET", "/channel/support/messages")["messages.0.text"] == .string("hello")
        )
        #expect(sandbox.ask("GET", "/channel/sales/messages")["messages"] == .array([]))
        #expect(sandbox.ask("POST", "/channel/support/messages", .object([:])).status == 400)
    }

    @Test func `the echo leaves credentials out`() {
        var sandbox = WorldUnderTest()
        let headers = ["authorization": "Bearer x", "x-a": "1"]
        let reply = sandbox.ask("PUT", "/echo/b?c=d", .integer(1), headers: headers)
        #expect(reply["path"] == .string("/echo/b"))
        #expect(reply["query.c"] == .string("d"))
        #expect(reply["body"] == .integer(1))
        #expect(reply["headers"] == .object(["x-a": .string("1")]))
    }

    @Test(arguments: ["/crm/objects/Account", "/erp/x", "/partner/x", "/channel/x", "/nothing"])
    func `an unknown route is a 404`(_ path: String) {
        var sandbox = WorldUnderTest()
        #expect(sandbox.ask("POST", path, .object([:])).status == 404)
    }

    @Test(arguments: ["/crm/contacts", "/erp/orders", "/partner/status", "/channel/a/messages"])
    func `a body that is no JSON object is a 400`(_ path: String) {
        var sandbox = WorldUnderTest()
        #expect(sandbox.ask("POST", path, .array([])).status == 400)
        #expect(sandbox.ask("POST", path).status == 400)
    }

    @Test func `no table grows past its capacity, the oldest goes first`() {
        var table = BoundedTable<Int>(capacity: 3)
        for number in 0..<10 { table.set("k\(number)", number) }
        table.set("k8", 80)
        #expect(table.inOrder == [7, 80, 9])
        #expect(table["k6"] == nil)
    }

    @Test func `a channel keeps its newest messages only`() {
        var sandbox = WorldUnderTest()
        for number in 0..<SandboxLimits.perName + 5 {
            let text: JSONValue = .object(["text": .string("\(number)")])
            _ = sandbox.ask("POST", "/channel/a/messages", text)
        }
        let kept = sandbox.ask("GET", "/channel/a/messages")
        #expect(kept["messages"]?.arrayValue?.count == SandboxLimits.perName)
        #expect(kept["messages.0.text"] == .string("5"))
    }
}
