import Model

/// One instance that a change of many left as it was, and why.
package struct BulkRefusal: Sendable, Hashable {
    package var instance: ObjectID
    package var endUser: ObjectID
    package var code: String
    package var detail: String
    /// Slots that lack something, by pointer (`/config/list_id`).
    package var missing: [String]

    package init(_ instance: Instance, _ problem: Problem, _ check: SlotCheck? = nil) {
        self.instance = instance.id
        endUser = instance.endUser
        code = problem.code ?? ""
        detail = problem.detail ?? problem.title
        missing = check?.findings.map(\.pointer) ?? []
    }

    package var json: JSONValue {
        [
            "instance": .id(instance), "end_user": .id(endUser), "code": .string(code),
            "detail": .string(detail), "missing": .array(missing.map(JSONValue.string)),
        ]
    }
}
