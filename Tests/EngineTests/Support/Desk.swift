import ConnectorKit
import Embedding
import Engine
import Model
import Synchronization
import Testing

/// A service with a token that it takes, which a test breaks and mends.
final class Desk: Sendable {
    private struct State {
        var good = "good"
        var failure: Problem?
        var calls: [Int] = []
        var answered: [Int] = []
    }

    private let state = Mutex(State())

    var connector: TestConnector { TestConnector { [self] in try answer($0) } }

    /// The numbers of the executions that asked, in order; and of those that were answered.
    var calls: [Int] { state.withLock { $0.calls } }
    var answered: [Int] { state.withLock { $0.answered } }

    func fail(with problem: Problem?) { state.withLock { $0.failure = problem } }
    func take(token: String) { state.withLock { $0.good = token } }

    private func answer(_ call: OperationCall) throws(Problem) -> JSONValue {
        let number = Int(call.input["n"]?.integerValue ?? -1)
        let (failure, good) = state.withLock { state in
            state.calls.append(number)
            return (state.failure, state.good)
        }
        guard case .bearer(let token)? = call.authentication?.credential, token == good else {
            throw Problem(.authentication, detail: "no such token")
        }
        if let failure { throw failure }
        state.withLock { $0.answered.append(number) }
        return ["n": .integer(Int64(number))]
    }
}

/// An instance whose workflow needs the desk.
struct DeskUser: Sendable {
    let engine: Engine
    let instance: Instance
    let authentication: ObjectID

    static let solution = """
        solution: s
        version: 1.0.0
        auth:
          crm: { service: test }
        """

    static func workflow(
        _ head: String = "trigger: manual",
        step: String = "retry: { times: 0 }",
    ) -> String {
        """
        workflow: w
        \(head)
        concurrency: 1
        steps:
          - id: a
            run: test.do
            with: { auth: crm, n: "${ $trigger.input }" }
            \(step)
        """
    }

    static func embedded(_ desk: Desk, workflow text: String = workflow()) -> Embedded {
        var embedded = Embedded(
            solution: solution,
            workflows: ["w": text],
            connectors: [desk.connector],
        )
        embedded.configuration.connectionHide = TimeSpan(milliseconds: 200)
        embedded.configuration.connectionObservation = TimeSpan(milliseconds: 50)
        embedded.configuration.breakers.probeTime = TimeSpan(milliseconds: 400)
        embedded.configuration.breakers.failuresInARow = 2
        embedded.configuration.breakers.openTime = TimeSpan(milliseconds: 100)
        embedded.configuration.breakers.openLimit = TimeSpan(milliseconds: 100)
        return embedded
    }

    static func make(
        _ engine: Engine,
        token: String,
        user: String = "ada",
    ) async throws -> DeskUser {
        let instance = try await engine.newInstance(user)
        let credential = try #require(
            StoredCredential(kind: .bearer, fields: ["token": .string(token)])
        )
        let authentication = try await engine.directory.createAuthentication(
            Directory.NewAuthentication(
                owner: instance.endUser,
                service: "test",
                name: "crm",
                credential: credential,
            ),
            by: .adminToken,
        )
        _ = try await engine.directory.connectInstance(
            instance.id,
            slots: [(slot: "crm", id: authentication.id)],
            by: .adminToken,
        )
        let enabled = try await engine.directory.enableInstance(instance.id, by: .adminToken)
        return DeskUser(engine: engine, instance: enabled, authentication: authentication.id)
    }

    /// On another engine over the same store.
    func at(_ engine: Engine) -> DeskUser {
        DeskUser(engine: engine, instance: instance, authentication: authentication)
    }

    private func request(_ number: Int) async throws -> StartRequest {
        var request = try await engine.directory.start(
            instance,
            workflow: "w",
            trigger: ["input": .integer(Int64(number))],
        )
        request.awaitsResult = true
        return request
    }

    func begin(_ number: Int) async throws -> ExecutionID {
        try await engine.start(request(number)).id
    }

    func run(_ number: Int) async throws -> ExecutionView {
        try await engine.end(of: begin(number))
    }

    /// Starts it and returns once it is parked.
    func park(_ number: Int) async throws -> ExecutionID {
        let (started, updates) = try await engine.startWatched(request(number))
        for await update in updates {
            if case .waiting = update { return started.id }
            if case .finished(let view) = update {
                throw view.outcome?.problem ?? Problem(.runtime, detail: "it was not parked")
            }
        }
        throw Problem(.runtime, detail: "it went away")
    }

    func replaceToken(_ token: String) async throws {
        let credential = try #require(
            StoredCredential(kind: .bearer, fields: ["token": .string(token)])
        )
        _ = try await engine.directory.replaceCredential(
            authentication,
            with: credential,
            by: .adminToken,
        )
    }

    func view() async throws -> ConnectionView {
        try await engine.directory.connectionView(authentication.description, by: .adminToken)
    }

    /// Returns once the connection is as it should be.
    func until(_ condition: (ConnectionView) -> Bool) async throws {
        while try await !condition(view()) {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
