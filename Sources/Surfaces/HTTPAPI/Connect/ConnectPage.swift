import Definitions
import Embedding
import Engine
import Model

/// The page on which an end user connects services. It works without scripts.
struct ConnectPage {
    /// What the partner calls itself; nil when it does not say.
    var account: String?
    var services: [String: ServiceDefinition]
    var view: ConnectView
    /// In the page's own addresses: the token before the link is bound, its id afterwards.
    var name: String
    var problem: Problem?

    var html: HTML {
        let items = view.items
        let isDone = view.isOver || !items.isEmpty && items.allSatisfy { $0.state == .connected }
        let title =
            view.isOver
            ? "You are connected" : isDone ? "Your connections" : "Connect your services"
        var parts: [HTML] = []
        if let account { parts.append("<p class=\"soft\">\(account)</p>") }
        parts.append("<h1>\(title)</h1>")
        if let problem { parts.append(Self.note(problem)) }
        if items.isEmpty { parts.append("<p>There is nothing to connect.</p>") }
        parts += items.map(section)
        parts.append(footer(isDone: isDone))
        return Self.document(
            title,
            HTML(parts),
            refresh: isDone && problem == nil && view.isOver ? returnAddress("connected") : nil,
        )
    }

    /// A page that says one thing.
    static func alone(_ problem: Problem, account: String?) -> HTML {
        var parts: [HTML] = []
        if let account { parts.append("<p class=\"soft\">\(account)</p>") }
        parts.append("<h1>\(problem.title)</h1>")
        parts.append("<p>\(problem.audience.client)</p>")
        return document(problem.title, HTML(parts))
    }

    private static func note(_ problem: Problem) -> HTML {
        "<div class=\"note\" role=\"alert\"><p>\(problem.audience.client)</p></div>"
    }

    private static func document(_ title: String, _ body: HTML, refresh: String? = nil) -> HTML {
        let again: HTML =
            refresh.map { "<meta http-equiv=\"refresh\" content=\"3; url=\($0)\">" } ?? ""
        let style = HTML(stringLiteral: ConnectStyle.text)
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">\(again)
            <title>\(title)</title><style>\(style)</style></head>
            <body><main>\(body)</main></body></html>
            """
    }

    // MARK: One connection

    private func section(_ item: ConnectItem) -> HTML {
        let service = services[item.service] ?? ServiceDefinition()
        let title = service.title ?? item.service
        let isConnected = item.state == .connected
        let ways = ways(item, service, title)
        var parts: [HTML] = [
            """
            <div class="head"><h2>\(title)</h2>\
            <span class="state \(item.state.rawValue)">\(Self.words(item.state))</span></div>
            """
        ]
        if let solution = item.title { parts.append("<p class=\"soft\">for \(solution)</p>") }
        if let advice = Self.advice(item.state) { parts.append("<p>\(advice)</p>") }
        if view.isOver {
            return "<section>\(HTML(parts))</section>"
        }
        if isConnected {
            parts.append("<details><summary>Connect again</summary>\(HTML(ways))</details>")
        } else {
            parts += ways
        }
        return "<section>\(HTML(parts))</section>"
    }

    private static func words(_ state: ConnectItem.State) -> String {
        switch state {
        case .missing: "Not connected"
        case .connected: "Connected"
        case .expired: "Expired"
        case .broken: "Not working"
        }
    }

    private static func advice(_ state: ConnectItem.State) -> String? {
        switch state {
        case .missing, .connected: nil
        case .expired: "This connection has expired. Connect again to continue."
        case .broken: "The service no longer accepts this connection. Connect again to continue."
        }
    }

    /// The first way is open, the others unfold.
    private func ways(
        _ item: ConnectItem,
        _ service: ServiceDefinition,
        _ title: String,
    ) -> [HTML] {
        service.kinds.enumerated().compactMap { index, kind in
            guard let way = way(kind, item, service, title) else { return nil }
            guard index > 0 else { return way }
            return "<details><summary>\(Self.other(kind))</summary>\(way)</details>"
        }
    }

    private static func other(_ kind: ServiceDefinition.Kind) -> String {
        switch kind {
        case .oauth2: "Sign in instead"
        case .apiKey: "Use an API key instead"
        case .bearer: "Use an access token instead"
        case .basic: "Use a user name and password instead"
        case .headers: "Use other credentials instead"
        }
    }

    private func way(
        _ kind: ServiceDefinition.Kind,
        _ item: ConnectItem,
        _ service: ServiceDefinition,
        _ title: String,
    ) -> HTML? {
        guard kind != .oauth2 else {
            guard service.oauth?.grant == .authorizationCode else { return nil }
            let query = "?item=\(ConnectForm.encoded(item.key))"
            return """
                <p class="soft">You are sent to \(title) to agree, and come back here.</p>
                <a class="button" href="/connect/\(name)/start\(query)">Continue to \(title)</a>
                """
        }
        let fields = ConnectForm.fields(of: kind, service)
        guard !fields.isEmpty else { return nil }
        let inputs = fields.map { field -> HTML in
            let type = field.isSecret ? "password" : "text"
            return """
                <label>\(field.label)<input name="\(field.name)" type="\(type)" required \
                autocomplete="off" autocapitalize="none" spellcheck="false"></label>
                """
        }
        let help: HTML = service.help.map { "<p class=\"soft\">\($0)</p>" } ?? ""
        return """
            <form method="post" action="/connect/\(name)">
            <input type="hidden" name="item" value="\(item.key)">
            <input type="hidden" name="kind" value="\(kind.rawValue)">
            \(HTML(inputs))\(help)<button>Connect</button></form>
            """
    }

    // MARK: The way back

    private func footer(isDone: Bool) -> HTML {
        let place = account ?? "where you came from"
        if let address = returnAddress(isDone ? "connected" : "cancelled") {
            if isDone { return "<a class=\"button\" href=\"\(address)\">Back to \(place)</a>" }
            return "<footer><a href=\"\(address)\">Not now, back to \(place)</a></footer>"
        }
        return isDone ? "<p>You can close this page.</p>" : ""
    }

    private func returnAddress(_ status: String) -> String? {
        guard let address = view.link.purpose.returnURL else { return nil }
        let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let mark = parts[0].contains("?") ? "&" : "?"
        let fragment = parts.count > 1 ? "#\(parts[1])" : ""
        return "\(parts[0])\(mark)connect_link=\(view.link.id)&status=\(status)\(fragment)"
    }
}
