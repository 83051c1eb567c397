import ArgumentParser
import Model

/// Asks for a replay and shows how it goes: one line that changes on a terminal, elsewhere a line
/// whenever something changed.
struct ReplayProgress {
    let client: ServerClient
    let format: OutputFormat
    var terminal = Terminal()

    func run(_ body: JSONValue, waits: Bool) async throws {
        let answer = try await client.post("/v1/replays", body)
        if answer["dry_run"]?.boolValue == true { return show(plan: answer) }
        guard waits else { return show(answer) }
        try await follow(answer)
    }

    /// Exit code 1 when something was refused.
    func follow(_ first: JSONValue) async throws {
        var job = first
        var last = ""
        let isLive = format == .human && terminal.isLive
        while true {
            let line = Self.line(job)
            if format == .human, line != last {
                terminal.raw((isLive && !last.isEmpty ? "\u{1b}[1A\u{1b}[2K" : "") + line + "\n")
            }
            last = line
            guard job["state"]?.stringValue == "running", let id = job["id"]?.stringValue else {
                break
            }
            try await Task.sleep(for: .seconds(1))
            job = try await client.get("/v1/replays/\(id)")
        }
        show(items: job)
        if let refused = job["refused"]?.integerValue, refused > 0 {
            throw ExitCode(ProgramExit.failure.rawValue)
        }
    }

    static func line(_ job: JSONValue) -> String {
        func count(_ name: String) -> Int64 { job[name]?.integerValue ?? 0 }
        let done = count("started") + count("under_way") + count("refused")
        return "\(job["id"]?.stringValue ?? "")  \(job["mode"]?.stringValue ?? "")  "
            + "\(job["state"]?.stringValue ?? "")  \(done)/\(count("total"))  "
            + "started \(count("started")), under way \(count("under_way")), "
            + "refused \(count("refused"))"
    }

    private func show(_ job: JSONValue) {
        terminal.out(
            format == .json ? JSONWriter.string(job, pretty: true) : Self.line(job)
        )
    }

    private func show(items job: JSONValue) {
        guard format == .human else {
            return terminal.out(JSONWriter.string(job, pretty: true))
        }
        for item in job["items"]?.arrayValue ?? [] {
            let source = item["execution"]?.stringValue ?? ""
            let result = item["result"]?.stringValue ?? ""
            terminal.out("  \(source)  \(Self.words(item, result))")
        }
    }

    private static func words(_ item: JSONValue, _ result: String) -> String {
        if let problem = item["problem"] {
            let code = problem["code"]?.stringValue.map { " (\($0))" } ?? ""
            let text = problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? ""
            return "refused: \(text)\(code)"
        }
        return "\(item["state"]?.stringValue ?? ""): \(result)"
    }

    private func show(plan: JSONValue) {
        guard format == .human else {
            return terminal.out(JSONWriter.string(plan, pretty: true))
        }
        let items = plan["items"]?.arrayValue ?? []
        let total = plan["total"]?.integerValue ?? 0
        terminal.out("dry run: \(total) selected, \(items.count) looked into")
        for item in items {
            let source = item["execution"]?.stringValue ?? ""
            if item["problem"] != nil {
                terminal.out("  \(source)  \(Self.words(item, ""))")
            } else {
                let start =
                    item["start"]?.stringValue ?? "from the beginning, or what was in flight"
                let kept = item["kept"]?.integerValue ?? 0
                terminal.out("  \(source)  would start: \(start); \(kept) outcomes kept")
            }
        }
    }
}
