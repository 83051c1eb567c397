import Model

/// An identifier that asks for a failure: `fail-500` always, `fail-2x-500` the first two times.
///
/// It works as any segment of a path and as any text at the top of a body, so a fault can travel
/// through a workflow inside ordinary data. A text that names no known fault is ordinary.
struct MagicIdentifier: Sendable, Hashable {
    var text: String
    var fault: Fault
    /// nil: every time.
    var times: Int?

    init?(_ text: String) {
        guard text.hasPrefix("fail-") else { return nil }
        var rest = text.dropFirst("fail-".count)
        if let dash = rest.firstIndex(of: "-"), rest[..<dash].hasSuffix("x"),
            let times = Int(rest[..<dash].dropLast()),
            (1...SandboxLimits.faultTimes).contains(times)
        {
            self.times = times
            rest = rest[rest.index(after: dash)...]
        }
        guard let fault = Fault(String(rest)) else { return nil }
        self.fault = fault
        self.text = text
    }

    /// The first one in the request: path first, then the body's members in order.
    init?(in request: SandboxRequest) {
        for segment in request.segments.dropFirst() {
            if let found = Self(segment) {
                self = found
                return
            }
        }
        for (_, value) in request.members {
            if let found = value.stringValue.flatMap({ Self($0) }) {
                self = found
                return
            }
        }
        return nil
    }
}
