import Model

/// A customer relationship system in the manner of Salesforce: accounts, contacts and leads.
struct CRM: ThirdParty {
    private var records: [String: BoundedTable<JSONObject>] = [:]
    private var lastNumber = 0
    private var contactByEmail = BoundedTable<String>(capacity: SandboxLimits.records)

    init() {
        for (id, name) in [("001", "Northwind Traders"), ("002", "Globex"), ("003", "Initech")] {
            keep(Self.record("Account", id: id, ["Name": .string(name), "Active": .bool(true)]))
        }
        for (first, email) in [
            ("Ada", "ada@northwind.example"), ("Grace", "grace@globex.example"),
        ] {
            addLead(["Name": .string(first), "Email": .string(email)])
        }
    }

    static func failure(code: String, message: String) -> JSONValue {
        .array([
            JSONValue(members: [
                "errorCode": .string(code.uppercased()), "message": .string(message),
            ])
        ])
    }

    static func isOpen(_ request: SandboxRequest) -> Bool { false }

    mutating func answer(_ request: SandboxRequest) -> SandboxReply {
        let segments = request.segments.dropFirst()
        switch (request.method, segments.first, segments.count) {
        case ("GET", "objects", 3): return record(segments[2], id: segments[3])
        case ("POST", "contacts", 1): return upsertContact(request)
        case ("GET", "leads", 1): return leads(request)
        case ("POST", "leads", 1): return createLead(request)
        default: return Self.unknownRoute
        }
    }

    // MARK: Routes

    private func record(_ kind: String, id: String) -> SandboxReply {
        if let found = records[kind]?[id] { return SandboxReply(200, .object(found)) }
        // A magic identifier whose failures are used up names a record that exists.
        if MagicIdentifier(id) != nil {
            let name = JSONValue.string("Recovered \(kind)")
            return SandboxReply(200, .object(Self.record(kind, id: id, ["Name": name])))
        }
        return Self.failed(404, "not_found", "There is no \(kind) with the id \(id).")
    }

    private mutating func upsertContact(_ request: SandboxRequest) -> SandboxReply {
        if let mistake = Self.bodyMistake(request) { return mistake }
        guard let email = request.members["email"]?.stringValue, email.contains("@") else {
            return Self.failed(400, "invalid_email_address", "email: must be an e-mail address")
        }
        let known = contactByEmail[email]
        let id = known ?? nextID("003")
        contactByEmail.set(email, id)
        var contact = Self.record("Contact", id: id, [:])
        for (name, value) in request.members { contact[name] = value }
        keep(contact)
        let answer = JSONValue(members: ["id": .string(id), "created": .bool(known == nil)])
        return SandboxReply(known == nil ? 201 : 200, answer)
    }

    private mutating func createLead(_ request: SandboxRequest) -> SandboxReply {
        if let mistake = Self.bodyMistake(request) { return mistake }
        return SandboxReply(201, .object(addLead(request.members)))
    }

    /// Leads after a cursor, oldest first; the cursor of the last one asks for the rest.
    private func leads(_ request: SandboxRequest) -> SandboxReply {
        let since = request.number("since", in: 0...Int.max, else: 0)
        let limit = request.number("limit", in: 1...200, else: 50)
        let later = (records["Lead"]?.inOrder ?? []).filter { Self.cursor(of: $0) > since }
        let page = later.prefix(limit)
        let last = page.last.map(Self.cursor(of:)) ?? since
        return SandboxReply(
            200,
            JSONValue(members: [
                "records": .array(page.map(JSONValue.object)),
                "cursor": .string(String(last)),
                "done": .bool(page.count == later.count),
            ]),
        )
    }

    // MARK: Records

    @discardableResult
    private mutating func addLead(_ members: JSONObject) -> JSONObject {
        var lead = Self.record("Lead", id: nextID("00Q"), members)
        lead["Cursor"] = .count(lastNumber)
        keep(lead)
        return lead
    }

    private mutating func keep(_ record: JSONObject) {
        guard let kind = record["Type"]?.stringValue, let id = record["Id"]?.stringValue else {
            return
        }
        records[kind, default: BoundedTable(capacity: SandboxLimits.records)].set(id, record)
    }

    private mutating func nextID(_ prefix: String) -> String {
        lastNumber += 1
        return "\(prefix)-\(lastNumber)"
    }

    private static func cursor(of lead: JSONObject) -> Int {
        Int(lead["Cursor"]?.integerValue ?? 0)
    }

    private static func record(_ kind: String, id: String, _ members: JSONObject) -> JSONObject {
        var record = JSONObject()
        record["Id"] = .string(id)
        record["Type"] = .string(kind)
        for (name, value) in members where name != "Id" && name != "Type" { record[name] = value }
        return record
    }
}
