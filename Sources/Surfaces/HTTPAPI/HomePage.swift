import Definitions
import Engine

/// `GET /`: what somebody sees who opens the address in a browser.
enum HomePage {
    static func html(_ deployment: Deployment, listsWebhooks: Bool) -> String {
        var rows = ""
        for name in deployment.workflows.keys.sorted() {
            guard case .webhook(let webhook)? = deployment.workflows[name]?.definition.trigger
            else { continue }
            let words =
                webhook.respond == .whenFinished ? "the caller waits" : "answered at once"
            rows += "<tr><td><code>POST /hooks/\(escaped(name))</code></td><td>\(words)</td></tr>"
        }
        let hooks =
            listsWebhooks && !rows.isEmpty ? "<h2>Webhooks</h2><table>\(rows)</table>" : ""
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width"><title>Backstop</title><style>
            body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:3rem auto;padding:0 1rem;
            color:#1c2733;background:#fbfaf7}h1{font-size:1.6rem}h2{font-size:1.1rem;margin-top:2rem}
            table{border-collapse:collapse}td{padding:.3rem 1rem .3rem 0;border-top:1px solid #ddd}
            code{background:#eef1f4;padding:.1rem .3rem;border-radius:.2rem}
            </style></head><body><h1>Backstop</h1>
            <p>An embedded integration runtime whose heart is error handling. It is running.</p>
            \(hooks)<h2>For programs</h2><ul>
            <li><a href="/openapi.json">OpenAPI document</a></li>
            <li><a href="/health">health</a>, <a href="/ready">readiness</a></li>
            <li><code>GET /v1/executions</code> with the admin token</li></ul></body></html>
            """
    }

    private static func escaped(_ text: String) -> String {
        text.map { $0 == "<" ? "&lt;" : $0 == "&" ? "&amp;" : String($0) }.joined()
    }
}
