/// Reads `text/event-stream` in pieces of any size (WHATWG HTML, section 9.2.6).
struct EventStreamParser: Sendable {
    struct Event: Sendable, Hashable {
        var name: String
        var data: String
    }

    private var line: [UInt8] = []
    private var name = ""
    private var data: [String] = []
    private var lastWasReturn = false

    init() {}

    mutating func take(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            if byte == 10, lastWasReturn {
                lastWasReturn = false
                continue
            }
            lastWasReturn = byte == 13
            guard byte == 10 || byte == 13 else {
                line.append(byte)
                continue
            }
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> Event? {
        defer { line = [] }
        guard !line.isEmpty else {
            defer {
                name = ""
                data = []
            }
            guard !data.isEmpty else { return nil }
            return Event(
                name: name.isEmpty ? "message" : name,
                data: data.joined(separator: "\n"),
            )
        }
        let text = String(decoding: line, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return nil }
        var value = text[text.index(after: colon)...]
        if value.first == " " { value = value.dropFirst() }
        switch text[..<colon] {
        case "event": name = String(value)
        case "data": data.append(String(value))
        default: break
        }
        return nil
    }
}
