import Model
import StorePort
import Testing

@testable import HTTPAPI

/// Every route as a caller sees it.
@Suite struct RouteTests {
    private static let execution = ExecutionID(
        milliseconds: ExecutionID.epoch + 9,
        worker: 1,
        sequence: 1,
    )

    private static func path(_ route: Route) -> String {
        route.path.replacing("{workflow}", with: "quick").replacing("{solution}", with: "s")
            .replacing("{id}", with: execution.description)
            .replacing("{instance}", with: "ins_0000000000001")
    }

    @Test func `a method that a route has not is a 405 that says which it has`() async throws {
        try await RunningAPI.run { api in
            for route in Route.allCases {
                let methods = Route.allCases.filter { $0.path == route.path }.flatMap(\.methods)
                for method in ["GET", "POST", "PUT", "PATCH", "DELETE"]
                where !methods.contains(method) {
                    let answer = try await api.ask(method, Self.path(route), asAdmin: true)
                    #expect(answer.status == 405, "\(method) \(route.path)")
                    #expect(answer.headers["allow"] == methods.joined(separator: ", "))
                    #expect(answer.isProblem)
                }
            }
        }
    }

    @Test func `what needs a token answers 401 without it and with another`() async throws {
        try await RunningAPI.run { api in
            for route in Route.allCases where route.access != .everybody {
                let method = route.methods[0]
                let none = try await api.ask(method, Self.path(route))
                #expect(none.status == 401 && none.isProblem, "\(route)")
                #expect(none.headers["www-authenticate"]?.hasPrefix("Bearer") == true)
                for wrong in ["Bearer nonsense-nonsense", "Basic YTpi", "Bearer", ""] {
                    let answer = try await api.ask(
                        method,
                        Self.path(route),
                        headers: [("Authorization", wrong)],
                    )
                    #expect(answer.status == 401 && answer.isProblem, "\(route) \(wrong)")
                }
            }
        }
    }

    @Test func `what is not there is a 404, also for the admin`() async throws {
        try await RunningAPI.run { api in
            for path in [
                "/nothing", "/v1", "/v1/executions/exe_0000000000000x", "/hooks", "/hooks/nobody",
                "/v1/executions/\(Self.execution)", "/v1/executions/a%2Fb", "/hooks/s/nobody",
            ] {
                let method = path.hasPrefix("/hooks/") ? "POST" : "GET"
                let answer = try await api.ask(method, path, asAdmin: true)
                #expect(answer.status == 404 && answer.isProblem, "\(path): \(answer.status)")
            }
        }
    }

    @Test(arguments: [
        "limit=0", "limit=501", "limit=x", "status=gone", "reason=never", "cursor=!",
        "created_from=yesterday", "parent=exe_x", "nonsense=1", "limit=1&limit=2",
    ])
    func `a filter that is wrong is a 400 that names it`(_ query: String) async throws {
        try await RunningAPI.run { api in
            let answer = try await api.ask("GET", "/v1/executions?\(query)", asAdmin: true)
            #expect(answer.status == 400 && answer.isProblem)
            let name = query.prefix { $0 != "=" }
            #expect(answer.text.contains(name), "\(answer.text)")
        }
    }

    @Test func `HEAD gives the head of GET and no body`() async throws {
        try await RunningAPI.run { api in
            for path in ["/", "/health", "/ready", "/openapi.json"] {
                let get = try await api.ask("GET", path)
                let head = try await api.ask("HEAD", path)
                #expect(get.status == 200 && head.status == 200)
                #expect(head.text.isEmpty && !get.text.isEmpty)
                #expect(head.headers["content-type"] == get.headers["content-type"])
                #expect(head.headers["content-length"] == get.headers["content-length"])
            }
        }
    }

    @Test func `executions are listed by page and by filter`() async throws {
        try await RunningAPI.run { api in
            for number in 0..<5 {
                let body = "{\"n\":\(number)}"
                #expect(try await api.ask("POST", "/hooks/quick", body: body).status == 200)
            }
            #expect(try await api.ask("POST", "/hooks/failing", body: "{}").status >= 500)
            var seen: Set<String> = []
            var path = "/v1/executions?limit=2&workflow=quick"
            for _ in 0..<5 {
                let page = try await api.ask("GET", path, asAdmin: true).json
                for item in page["executions"]?.arrayValue ?? [] {
                    let id = try #require(item["id"]?.stringValue)
                    #expect(seen.insert(id).inserted)
                    #expect(item["workflow"] == "quick")
                }
                guard let next = page["next_cursor"]?.stringValue else { break }
                path = "/v1/executions?limit=2&workflow=quick&cursor=\(next)"
            }
            #expect(seen.count == 5)
            let failed = try await api.ask("GET", "/v1/executions?reason=failed", asAdmin: true)
            #expect(try failed.json["executions"]?.arrayValue?.count == 1)
        }
    }
}
