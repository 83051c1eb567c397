import Breakers
import ConnectorKit
import Definitions
import Embedding
import Kernel
import Model

extension AttemptPerformer {
    /// Where a step's credential is; it is opened once the connection lets the attempt through.
    enum CredentialSource: Sendable {
        case none
        case stored(AuthenticationRecord, slot: String)
        /// In the account's configuration.
        case account(slot: String)
    }

    /// The instance's own; the account's for its own executions and where the solution asks for a
    /// shared one. What an end user has to connect never falls back to the partner's.
    func source(
        of slot: String?,
        _ setting: InstanceSetting?,
    ) async throws(Problem) -> CredentialSource {
        guard let slot else { return .none }
        if let instance = setting?.instance {
            if let own = try await engine.directory.authentication(in: slot, of: instance) {
                return .stored(own, slot: slot)
            }
            guard try await engine.directory.isShared(slot, instance) else {
                throw Self.unfilled(slot)
            }
        }
        return .account(slot: slot)
    }

    func authentication(
        _ slot: String?,
        _ setting: InstanceSetting?,
    ) async throws(Problem) -> Authentication? {
        try await open(try await source(of: slot, setting))?.authentication
    }

    func open(_ source: CredentialSource) async throws(Problem) -> UsedCredential? {
        switch source {
        case .none: nil
        case .stored(let record, let slot): try await engine.directory.open(record, for: slot)
        case .account(let slot):
            UsedCredential(authentication: try accountAuthentication(slot), renewable: nil)
        }
    }

    /// What breaks as one: a credential, or what an instance asks of a service without one. Nil for
    /// connectors that speak to no service.
    func place(
        of request: AttemptRequest,
        _ operation: ReadyOperation,
        _ source: CredentialSource,
        _ setting: InstanceSetting?,
    ) -> ConnectionPlace? {
        place(
            operation.connector.spec,
            OperationClass(operation.spec.sideEffect),
            host: ConnectionPlace.host(in: request.input),
            source,
            setting,
        )
    }

    func place(
        _ connector: ConnectorSpec,
        _ operations: OperationClass,
        host: String?,
        _ source: CredentialSource,
        _ setting: InstanceSetting?,
    ) -> ConnectionPlace? {
        switch source {
        case .stored(let record, _): return ConnectionPlace(record, operations)
        case .account(let slot):
            return ConnectionPlace(slot: slot, service: connector.name, operations)
        case .none:
            guard !connector.authentications.isEmpty else { return nil }
            return ConnectionPlace(
                connector: connector.name,
                host: host,
                setting: setting,
                operations,
            )
        }
    }

    func seeker(
        _ runner: Runner,
        _ request: AttemptRequest,
        _ known: [String: Parking],
    ) -> ConnectionKeeper.Seeker {
        ConnectionKeeper.Seeker(
            execution: runner.id,
            instance: runner.instance,
            owner: runner.setting?.instance.endUser,
            path: request.path,
            mayWait: runner.workflow.definition.mayBeParked,
            known: known,
        )
    }

    private static func unfilled(_ slot: String) -> Problem {
        Problem(
            .configuration,
            detail: "the authentication slot \(slot) is not filled",
            code: "B2108",
        )
    }

    private func accountAuthentication(_ slot: String) throws(Problem) -> Authentication {
        let known = engine.deployment.project.account.authentications
        guard let definition = known[slot] else { throw Self.unfilled(slot) }
        let secrets = engine.secrets
        let credential: Authentication.Credential
        switch definition {
        case .bearer(let token):
            credential = .bearer(token: try secrets.secret(token))
        case .basic(let user, let password):
            credential = .basic(user: user, password: try secrets.secret(password))
        case .apiKey(let key, let header, let query):
            credential = .apiKey(key: try secrets.secret(key), header: header, query: query)
        case .headers(let references):
            var headers: [String: String] = [:]
            for (name, reference) in references {
                headers[name] = try secrets.secret(reference)
            }
            credential = .headers(headers)
        }
        return Authentication(name: slot, credential: credential)
    }
}
