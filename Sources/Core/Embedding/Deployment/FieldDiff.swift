import Model

/// The fields in which two objects differ, down to the leaves.
enum FieldDiff {
    /// What is shown of a value that must not be.
    static let sensitive: JSONValue = "(sensitive)"

    /// In the order of the new object, then what is gone.
    static func fields(_ old: JSONObject, _ new: JSONObject) -> [ProjectDiff.Field] {
        var result: [ProjectDiff.Field] = []
        compare(.object(old), .object(new), "", isSensitive: false, &result)
        return result
    }

    private static func compare(
        _ old: JSONValue?,
        _ new: JSONValue?,
        _ path: String,
        isSensitive: Bool,
        _ result: inout [ProjectDiff.Field],
    ) {
        if old == new { return }
        let before = old?.objectValue
        let after = new?.objectValue
        guard before != nil || after != nil, before != nil || old == nil,
            after != nil || new == nil, !(before ?? [:]).isEmpty || !(after ?? [:]).isEmpty
        else {
            result.append(
                ProjectDiff.Field(
                    path: path,
                    old: old.map { isSensitive ? sensitive : $0 },
                    new: new.map { isSensitive ? sensitive : $0 },
                )
            )
            return
        }
        let keys = (after?.keys ?? []) + (before?.keys ?? []).filter { after?[$0] == nil }
        for key in keys {
            let inner = path.isEmpty ? key : "\(path).\(key)"
            let hides = isSensitive || hides(path, key, after?[key] ?? before?[key])
            compare(
                before?[key],
                after?[key],
                inner,
                isSensitive: hides,
                &result,
            )
        }
    }

    /// A setting with a sensitive name, and the default of a slot with one. The description of such
    /// a slot is no secret, and outside of `config` secrets are references.
    private static func hides(_ path: String, _ key: String, _ value: JSONValue?) -> Bool {
        guard path == "config" || path.hasPrefix("config.") else { return false }
        // That a slot is secret is no secret.
        if case .bool = value { return false }
        if key == "default", let slot = path.split(separator: ".").last {
            return SensitiveNames.contains(String(slot))
        }
        return SensitiveNames.contains(key) && value?["schema"] == nil
    }
}
