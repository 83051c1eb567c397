import Model

/// `GET /`: what is here and how to make it fail; HTML for a browser, plain text for curl.
enum HomePage {
    static func reply(to request: SandboxRequest, _ world: World) -> SandboxReply {
        guard request.method == "GET" else {
            return SandboxReply(405, JSONValue(members: ["error": .string("Use GET.")]))
        }
        let base = "http://" + (request.headers["host"] ?? "127.0.0.1:8788")
        if request.headers["accept"]?.contains("text/html") == true {
            let page = html(sections(base), world)
            return SandboxReply(200, text: page, type: "text/html; charset=utf-8")
        }
        return SandboxReply(200, text: plain(sections(base)), type: "text/plain; charset=utf-8")
    }

    struct Section {
        var title: String
        var text: String
        var lines: [String]
    }

    static func plain(_ sections: [Section]) -> String {
        var page = "The sandbox: a small world of third parties that fail on demand\n"
        for section in sections {
            page += "\n\(section.title)\n"
            if !section.text.isEmpty { page += "  \(section.text)\n" }
            for line in section.lines { page += "    \(line)\n" }
        }
        return page
    }

    static func html(_ sections: [Section], _ world: World) -> String {
        var page = head
        for section in sections {
            page += "<h2>\(escaped(section.title))</h2><p>\(escaped(section.text))</p><pre>"
            page += section.lines.map(escaped).joined(separator: "\n") + "</pre>"
        }
        page += "<h2>The last requests</h2><pre>"
        let recent = world.journal.entries.suffix(20).reversed()
        page += recent.map { entry in
            let status = entry.status.map(String.init) ?? "no answer"
            let fault = entry.fault.map { "  (asked: \($0.text))" } ?? ""
            return escaped("\(status)  \(entry.method) \(entry.path)\(fault)")
        }.joined(separator: "\n")
        return page + "</pre></main></html>\n"
    }

    static func escaped(_ text: String) -> String {
        var safe = ""
        for character in text {
            switch character {
            case "&": safe += "&amp;"
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "\"": safe += "&quot;"
            default: safe.append(character)
            }
        }
        return safe
    }

    private static let head = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox</title><style>
        body { font: 16px/1.5 system-ui, sans-serif; color: #1c2430; background: #fafbfc }
        main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
        pre { background: #fff; border: 1px solid #d8dee6; border-radius: 6px; padding: .8rem;
        overflow-x: auto } h2 { margin-top: 2rem; font-size: 1.1rem }
        </style><main><h1>The sandbox</h1><p>A small world of third parties that fail on demand.</p>
        """
}
