import Model
import Testing

/// A status URL opens one execution, and no more of it than its caller may see (G2).
@Suite struct CapabilityTests {
    private func start(
        _ api: RunningAPI
    ) async throws -> (id: String, status: String, events: String) {
        let answer = try await api.ask("POST", "/hooks/held", body: "{}")
        #expect(answer.status == 202)
        let value = try answer.json
        return (
            try #require(value["id"]?.stringValue), try #require(value["status_url"]?.stringValue),
            try #require(value["events_url"]?.stringValue),
        )
    }

    @Test func `the token of one execution opens no other`() async throws {
        try await RunningAPI.run { api in
            let first = try await start(api)
            let second = try await start(api)
            #expect(try await api.ask("GET", first.status).status == 200)
            let crossed = first.status.replacing(first.id, with: second.id)
            for path in [
                crossed, crossed.replacing("/status", with: "/events"),
                "/v1/executions/\(first.id)/status", "/v1/executions/\(first.id)/status?token=",
                first.status + "x",
            ] {
                let answer = try await api.ask("GET", path)
                #expect(answer.status == 401 && answer.isProblem, "\(path)")
                #expect(!answer.text.contains("held"))
            }
            // Nor does it open the admin's view.
            let token = try #require(first.status.split(separator: "=").last)
            let admin = try await api.ask("GET", "/v1/executions/\(first.id)?token=\(token)")
            #expect(admin.status == 401 || admin.status == 400)
        }
    }

    @Test func `an unknown execution and a foreign one look alike`() async throws {
        try await RunningAPI.run { api in
            let first = try await start(api)
            let token = try #require(first.status.split(separator: "=").last)
            let unknown = "exe_0000000000001"
            let absent = try await api.ask(
                "GET",
                "/v1/executions/\(unknown)/status?token=\(token)",
            )
            let second = try await start(api)
            let foreign = try await api.ask(
                "GET",
                "/v1/executions/\(second.id)/status?token=\(token)",
            )
            #expect(absent.status == foreign.status)
            let mask = { (text: String) in
                text.replacing(/"instance":"[^"]*"/, with: "")
            }
            #expect(mask(absent.text) == mask(foreign.text))
        }
    }

    @Test func `the caller's view has no step outputs and no details`() async throws {
        try await RunningAPI.run { api in
            let answer = try await api.ask("POST", "/hooks/failing", body: "{}")
            #expect(answer.status >= 500 && !answer.text.contains("plover"))
            let all = try await api.ask("GET", "/v1/executions?workflow=failing", asAdmin: true)
            let list = try all.json["executions"]?.arrayValue
            let id = try #require(list?.first?["id"]?.stringValue)
            let whole = try await api.ask("GET", "/v1/executions/\(id)", asAdmin: true)
            #expect(whole.text.contains("plover"))
        }
    }

    @Test func `events come until the end, and the stream ends with it`() async throws {
        try await RunningAPI.run { api in
            let held = try await start(api)
            let connection = try await RawConnection.open(port: api.port)
            async let events = connection.exchange(
                "GET \(held.events) HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n",
                until: "event: finished",
            )
            let cancelled = try await api.ask(
                "POST",
                "/v1/executions/\(held.id)/cancel",
                asAdmin: true,
            )
            #expect([200, 202].contains(cancelled.status))
            let text = try await events
            #expect(text.contains("text/event-stream") && text.contains("\"cancelled\""))
        }
    }

    @Test func `more event streams than allowed are refused`() async throws {
        try await RunningAPI.run {
            $0.streams = 1
        } _: { api in
            let held = try await start(api)
            let first = try await RawConnection.open(port: api.port)
            async let open = first.exchange(
                "GET \(held.events) HTTP/1.1\r\nHost: x\r\n\r\n",
                until: "event: finished",
            )
            // Until the first is open, this one may be let in; it is closed again then.
            var status = 200
            while status == 200 {
                let probe = try await RawConnection.open(port: api.port)
                let text = try await probe.exchange(
                    "GET \(held.events) HTTP/1.1\r\nHost: x\r\n\r\n",
                    until: "\r\n\r\n",
                )
                status = Int(text.split(separator: " ")[1]) ?? 0
            }
            #expect(status == 503)
            _ = try await api.ask("POST", "/v1/executions/\(held.id)/cancel", asAdmin: true)
            _ = try await open
        }
    }
}
