import CommandLine
import Definitions
import Model

/// What `serve` says when it is ready.
struct Banner {
    let settings: ServeSettings
    let project: ProjectDefinition
    /// The admin token, only when it was just made.
    let newToken: String?

    func text(port: Int) -> String {
        let base = "http://\(settings.host):\(port)"
        var lines = ["backstop \(BackstopVersion.current) is ready on \(base)"]
        if let newToken {
            lines += [
                "", "  Your admin token, shown this once:", "",
                "    export BACKSTOP_TOKEN=\(newToken)", "",
            ]
        }
        let hooks = webhooks
        if !hooks.isEmpty {
            lines.append("  Webhooks:")
            for (path, words) in hooks { lines.append("    POST \(base)\(path)  \(words)") }
        }
        if let sandbox = settings.sandboxPort {
            lines += ["", "  Sandbox: http://127.0.0.1:\(sandbox)/"]
            let isDemo = project.solutions.contains { $0.name == "basics" }
            if isDemo {
                lines += tries(base: base, sandbox: "http://127.0.0.1:\(sandbox)")
            }
        }
        lines += ["", "  Ctrl-C stops it; nothing is lost."]
        return lines.joined(separator: "\n")
    }

    private var webhooks: [(String, String)] {
        project.workflows.compactMap { workflow in
            guard case .webhook(let webhook) = workflow.trigger else { return nil }
            let name = workflow.solution.map { "\($0)/\(workflow.name)" } ?? workflow.name
            let words =
                webhook.respond == .whenFinished ? "the caller waits" : "answered at once"
            return ("/hooks/\(name)", words)
        }
    }

    private func tries(base: String, sandbox: String) -> [String] {
        [
            "", "  Try, in another terminal:",
            "    curl -i \(base)/hooks/basics/hello --json '{\"name\":\"Ada\"}'",
            "    curl -i \(base)/hooks/accounts/get-account --json '{\"account_id\":\"nobody\"}'",
            "    curl -i \(base)/hooks/orders/push-order --json '{\"sku\":\"A-1\",\"quantity\":2}' -H 'x-request-id: req-1'",
            "  Make the ERP fail twice, then send the order again:",
            "    curl \(sandbox)/_sandbox/faults -d '{\"service\":\"erp\",\"fault\":\"429\",\"times\":2,\"retry_after\":1}'",
            "  See what ran:",
            "    backstop executions list",
        ]
    }
}
