import Model

/// One change: who did what to what, with both sides as ``AuditRedaction`` leaves them.
package struct AuditRecord: JSONDocument {
    package struct Author: Sendable, Hashable {
        package var kind: Actor.Kind
        /// The key, the signing key or the end user that stands behind it.
        package var id: String
        package var role: Role

        package init(kind: Actor.Kind, id: String, role: Role) {
            self.kind = kind
            self.id = id
            self.role = role
        }
    }

    package struct Target: Sendable, Hashable {
        /// `instance`, `end_user`, `authentication`, `project` and so on.
        package var kind: String
        package var id: String

        package init(kind: String, id: String) {
            self.kind = kind
            self.id = id
        }
    }

    package var id: ObjectID
    package var at: Timestamp
    package var actor: Author
    /// `instance.enable`, `project.apply` and so on.
    package var action: String
    package var target: Target
    /// Nil when there was nothing before.
    package var before: JSONValue?
    /// Nil when there is nothing afterwards.
    package var after: JSONValue?

    package init(
        id: ObjectID,
        at: Timestamp,
        actor: Author,
        action: String,
        target: Target,
        before: JSONValue? = nil,
        after: JSONValue? = nil,
    ) {
        self.id = id
        self.at = at
        self.actor = actor
        self.action = action
        self.target = target
        self.before = before
        self.after = after
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["at"] = .time(at)
        object["actor"] = actor.json
        object["action"] = .string(action)
        object["target"] = ["kind": .string(target.kind), "id": .string(target.id)]
        object["before"] = before
        object["after"] = after
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.audit) }),
            let at = object.get("at", \.timeValue),
            let actor = object.get("actor", Author.init(json:)),
            let action = object.get("action", \.stringValue),
            let target = object["target"]?.objectValue,
            let targetKind = target.get("kind", \.stringValue),
            let targetID = target.get("id", \.stringValue)
        else { return nil }
        self.init(
            id: id,
            at: at,
            actor: actor,
            action: action,
            target: Target(kind: targetKind, id: targetID),
            before: object["before"],
            after: object["after"],
        )
    }

    /// The partner's people alone read the audit log.
    package func view(for reader: Reader) -> JSONValue? {
        guard reader == .partner else { return nil }
        return json
    }
}

extension AuditRecord.Author {
    var json: JSONValue {
        [
            "kind": .string(kind.rawValue), "id": .string(id), "role": .string(role.rawValue),
        ]
    }

    init?(json: JSONValue) {
        guard let object = json.objectValue,
            let kind = object.get("kind", { $0.word(Actor.Kind.self) }),
            let id = object.get("id", \.stringValue),
            let role = object.get("role", { $0.word(Role.self) })
        else { return nil }
        self.init(kind: kind, id: id, role: role)
    }
}
