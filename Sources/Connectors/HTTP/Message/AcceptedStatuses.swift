import Model

/// Which statuses are a success: numbers and classes such as `2xx`.
struct AcceptedStatuses: Sendable, Hashable {
    private var single: Set<Int> = []
    private var classes: Set<Int> = []

    /// 2xx; and 3xx when redirects are not followed, because they are the answer then.
    static func standard(follows: Bool) -> AcceptedStatuses {
        var accepted = AcceptedStatuses()
        accepted.classes = follows ? [2] : [2, 3]
        return accepted
    }

    private init() {}

    /// Nil unless every entry is a status or a class.
    init?(_ entries: [JSONValue]) {
        for entry in entries {
            if let number = entry.integerValue, (100...599).contains(number) {
                single.insert(Int(number))
            } else if let text = entry.stringValue, text.utf8.count == 3, text.hasSuffix("xx"),
                let digit = text.first?.wholeNumberValue, (1...5).contains(digit)
            {
                classes.insert(digit)
            } else {
                return nil
            }
        }
    }

    func contains(_ status: Int) -> Bool {
        single.contains(status) || classes.contains(status / 100)
    }
}
