import Embedding
import Engine
import Model

extension APIHandlers {
    func signingKeys(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createSigningKey:
            let body = try call.body(["algorithm", "public_key", "issuer"])
            let (key, secret) = try await directory.createSigningKey(
                try body.word("algorithm", of: SigningKey.Algorithm.allCases),
                publicKey: try body.lines("public_key", limit: Directory.publicKeyLimit),
                issuer: try body.text("issuer"),
                by: call.actor,
            )
            var view = key.view(for: .partner)?.objectValue ?? JSONObject()
            view["secret"] = secret.map(JSONValue.string)
            return Self.made(view, key.id, at: Route.signingKeys.path)
        case .deleteSigningKey:
            try await directory.deleteSigningKey(try call.id(.signingKey), by: call.actor)
            return EmbeddingCall.gone
        default:
            let limit = try call.limit()
            let keys = try await directory.signingKeys(
                after: try call.cursor(.signingKey),
                limit: limit,
                by: call.actor,
            )
            return EmbeddingCall.page(
                "signing_keys",
                keys.compactMap { $0.view(for: call.reader) },
                count: keys.count,
                limit: limit,
                last: keys.last?.id,
            )
        }
    }

    /// What is seen this once is kept by nobody on the way.
    private static func made(_ view: JSONObject, _ id: ObjectID, at path: String) -> HTTPAnswer {
        var answer = EmbeddingCall.made(.object(view), id, at: path, isNew: true)
        answer.headers.append(HeaderField("cache-control", "no-store"))
        return answer
    }

    // MARK: Connect links

    func connectLinks(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        switch call.route {
        case .createConnectLink: return try await createConnectLink(call)
        case .revokeConnectLink:
            try await directory.revokeConnectLink(try call.id(.connectLink), by: call.actor)
            return EmbeddingCall.gone
        default:
            let limit = try call.limit()
            let links = try await directory.connectLinks(
                after: try call.cursor(.connectLink),
                limit: limit,
                by: call.actor,
            )
            return EmbeddingCall.page(
                "connect_links",
                links.compactMap { $0.view(for: call.reader) },
                count: links.count,
                limit: limit,
                last: links.last?.id,
            )
        }
    }

    private func createConnectLink(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        let body = try call.body([
            "end_user", "instance", "slot", "service", "name", "return_url", "expires_in",
        ])
        let user = try body.text("end_user", InstanceBody.userLength)
        let service = try body.text("service")
        let name = try body.text("name")
        guard user != nil || service != nil && name != nil && body.object["instance"] == nil else {
            throw RequestBody.wrong(
                "end_user",
                "it is missing; without it, service and name say which shared connection is meant",
            )
        }
        guard user == nil || name == nil else {
            throw RequestBody.wrong("name", "it is that of a shared connection")
        }
        var instance: ObjectID?
        if let text = try body.text("instance") {
            guard let id = ObjectID(.instance, text) else { throw Access.absent }
            instance = id
        }
        let slot = try body.text("slot")
        guard slot == nil || instance != nil else {
            throw RequestBody.wrong("slot", "it goes with an instance")
        }
        let seconds = try body.number("expires_in")
        let base = try configuration.base(for: call.request)
        var owner: ObjectID?
        if let user {
            owner = try await owned(user, by: call.actor)
            guard owner != nil else { throw Access.absent }
        }
        let (link, token) = try await directory.createConnectLink(
            ConnectLink.Purpose(
                endUser: owner,
                instance: instance,
                slot: slot,
                service: service,
                returnURL: try body.text("return_url", 1...ReturnAddress.longest),
                name: name,
            ),
            lifetime: seconds.map { TimeSpan(milliseconds: $0 * 1000) }
                ?? ConnectLink.usualLifetime,
            by: call.actor,
        )
        var view = link.view(for: .partner)?.objectValue ?? JSONObject()
        view["url"] = .string("\(base)/connect/\(token)")
        return Self.made(view, link.id, at: Route.connectLinks.path)
    }

    // MARK: The vault

    func vault(_ call: EmbeddingCall) async throws(Problem) -> HTTPAnswer {
        guard call.route == .rotateVault else {
            return .json(.object(Self.view(try await directory.vaultStatus(by: call.actor))))
        }
        let body = try call.body(["add_key"])
        let result = try await directory.rotateKeys(
            addingKey: try body.flag("add_key"),
            by: call.actor,
        )
        var view = Self.view(result.status)
        view["resealed"] = .integer(Int64(result.resealed))
        view["unreadable"] = .integer(Int64(result.unreadable))
        return .json(.object(view))
    }

    private static func view(_ status: VaultStatus) -> JSONObject {
        let known = Set(status.keys)
        let lost = status.values.filter { !known.contains($0.key) }.values.reduce(0, +)
        return [
            "keys": .array(
                status.keys.map { id in
                    [
                        "id": .string(id), "values": .integer(Int64(status.values[id] ?? 0)),
                        "seals": .bool(id == status.keys.last),
                    ]
                }
            ),
            "values": .integer(Int64(status.total)),
            "to_reseal": .integer(Int64(status.older - lost)), "lost": .integer(Int64(lost)),
        ]
    }
}
