import Model

/// Who may do what to whose objects.
package enum Access {
    /// Whether the actor may do it at all, to anything.
    package static func check(_ actor: Actor, _ permission: Permission) -> Problem? {
        if actor.permissions.contains(permission) { return nil }
        return EmbeddingFault.notPermitted.problem(
            detail: "the role \(actor.role.rawValue) has no permission \(permission.rawValue)"
        )
    }

    /// Whether the actor may do it to an object of this owner; nil is the account.
    ///
    /// What lies outside the scope is answered as what does not exist, word for word.
    package static func check(
        _ actor: Actor,
        _ permission: Permission,
        owner: ObjectID?,
    ) -> Problem? {
        if let problem = check(actor, permission) { return problem }
        return actor.scope.covers(owner) ? nil : absent
    }

    /// The answer for an object that does not exist, or not for who asks.
    package static var absent: Problem { EmbeddingFault.absent.problem() }
}
