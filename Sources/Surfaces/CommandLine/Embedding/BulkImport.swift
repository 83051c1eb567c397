import Model

/// Creates many objects, some hundred a call, and says what became of them.
enum BulkImport {
    private static let chunk = 500

    /// - Returns: true when every item is there afterwards.
    static func run(
        _ path: String,
        to address: String,
        _ server: ServerOptions,
    ) async throws -> Bool {
        let items = try GivenValues.objects(path)
        guard !items.isEmpty else { throw CommandFailure(.badInput, "\(path) holds no object") }
        let terminal = Terminal()
        let client = try server.client
        var counts = ["created": Int64(0), "found": 0, "failed": 0]
        for start in stride(from: 0, to: items.count, by: chunk) {
            let part = Array(items[start..<min(start + chunk, items.count)])
            let answer = try await client.post(address, ["items": .array(part)])
            for word in counts.keys { counts[word]? += answer[word]?.integerValue ?? 0 }
            for (index, result) in (answer["results"]?.arrayValue ?? []).enumerated() {
                show(result, start + index, server.format, terminal)
            }
        }
        let failed = counts["failed"] ?? 0
        if server.format == .human {
            terminal.out(
                "\(counts["created"] ?? 0) created, \(counts["found"] ?? 0) found, \(failed) failed"
            )
        }
        return failed == 0
    }

    private static func show(
        _ result: JSONValue,
        _ number: Int,
        _ format: OutputFormat,
        _ terminal: Terminal,
    ) {
        guard format == .human else {
            var object: JSONObject = ["item": .integer(Int64(number + 1))]
            for (name, value) in result.objectValue ?? [:] { object[name] = value }
            terminal.out(JSONWriter.string(.object(object)))
            return
        }
        guard let problem = result["problem"] else { return }
        let code = problem["code"]?.stringValue ?? ""
        let reason = problem["detail"]?.stringValue ?? problem["title"]?.stringValue ?? ""
        terminal.error("item \(number + 1): \(reason) (\(code))")
    }
}
