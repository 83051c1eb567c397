import Model

/// What the world decides to answer, and how the connection is to treat it.
package struct SandboxReply: Sendable {
    package enum Body: Sendable {
        case json(JSONValue)
        case text(String, type: String)
    }

    package enum Delivery: Sendable, Hashable {
        case whole
        /// Whole, after a wait.
        case late(milliseconds: Int)
        /// Nothing is sent; the connection is held and then cut.
        case never
        /// Nothing is sent; the connection is reset at once (TCP RST).
        case reset
        /// The headers promise the whole body, half of it comes, the connection is cut.
        case half
    }

    package var status: Int
    package var headers: [String: String]
    package var body: Body
    package var delivery: Delivery

    package init(
        _ status: Int,
        _ body: JSONValue,
        headers: [String: String] = [:],
        delivery: Delivery = .whole,
    ) {
        self.status = status
        self.headers = headers
        self.body = .json(body)
        self.delivery = delivery
    }

    init(_ status: Int, text: String, type: String) {
        self.status = status
        self.headers = [:]
        self.body = .text(text, type: type)
        self.delivery = .whole
    }
}
