import ConnectorKit
import Definitions
import Embedding
import Model
import StorePort

/// How an end user came back from a service.
package struct ConnectReturn: Sendable {
    /// Nil when the state does not say whose authorization it is.
    package var link: ObjectID?
    /// Nil when it is connected.
    package var problem: Problem?
}

extension Directory {
    private static let statePurpose = "oauth state"

    /// Begins an authorization: gives the address at the service that the browser is sent to.
    ///
    /// - Parameter redirectURI: where the service sends it back to.
    /// - Throws: B2830, B2831, B2833, B2835; what the client's secret says.
    package func beginAuthorization(
        _ name: String,
        item key: String,
        redirectURI: String,
        browser: (ObjectID) -> String?,
        random: any RandomSource = SystemRandom(),
    ) async throws(Problem) -> (address: String, view: ConnectView) {
        for _ in 0..<Self.tries {
            var opened = try await opened(name, browser, mustBeOpen: true)
            let item = try opened.item(key)
            let definition = service(item.service)
            guard definition.kinds.contains(.oauth2),
                definition.oauth?.grant == .authorizationCode
            else {
                throw ConnectFault.noOAuth.problem(
                    detail: "services.\(item.service).oauth is not for end users"
                )
            }
            let (client, service) = try engine.oauthClient(of: item.service)
            let (link, newBrowser) = bound(opened.link, random)
            let verifier = service.verifier(random.bytes(32))
            let nonce = Base64.urlEncoded(random.bytes(16))
            let end = min(now + ConnectLink.longestAuthorization, link.expiresAt)
            let state = AuthorizationState(
                subject: link.id.description,
                nonce: nonce,
                expiresAt: end,
            )
            let address = try service.authorizationURL(
                AuthorizationRequest(
                    client: client,
                    redirectURI: redirectURI,
                    state: service.signedState(state, keys: stateKeys),
                    verifier: verifier,
                )
            )
            let was = opened.link
            opened.link = link
            opened.link.authorization = ConnectLink.Authorization(
                item: item.key,
                nonceHash: Digest.hex(Array(nonce.utf8)),
                sealedVerifier: try engine.vault.seal(
                    Array(verifier.utf8),
                    context: Self.verifierContext(link.id),
                ),
                redirectURI: redirectURI,
                expiresAt: end,
            )
            var changes = [put(opened.link, expected: .version(opened.version))]
            if newBrowser != nil {
                changes.append(audit(opened.link, "use", by: opened.actor, before: was))
            }
            guard try await write(changes).isDone else { continue }
            return (address, opened.view(at: now, newBrowser: newBrowser))
        }
        throw Self.busy()
    }

    static func verifierContext(_ id: ObjectID) -> String { "connect_link:\(id):verifier" }

    private var stateKeys: [[UInt8]] { engine.vault.derivedKeys(for: Self.statePurpose) }

    /// Ends an authorization: the query is what the service sent the browser back with.
    ///
    /// The nonce is used up before the service is asked for tokens, so that a query which is sent
    /// twice connects once.
    package func finishAuthorization(
        _ query: JSONObject,
        browser: (ObjectID) -> String?,
        random: any RandomSource = SystemRandom(),
    ) async -> ConnectReturn {
        var id: ObjectID?
        do throws(Problem) {
            guard let service = engine.tokenService else { throw ConnectFault.noOAuth.problem() }
            let state = try service.state(
                query["state"]?.stringValue ?? "",
                keys: stateKeys,
                now: now,
            )
            id = ObjectID(.connectLink, state.subject)
            let (opened, authorization) = try await take(state, browser)
            try await finish(opened, authorization, query, random)
            return ConnectReturn(link: id, problem: nil)
        } catch {
            engine.logger.warning(
                "an authorization failed",
                metadata: [
                    "link": "\(id?.description ?? "")", "problem": "\(error.code ?? "")",
                    "detail": "\(engine.redactor.redact(error).detail ?? "")",
                ],
            )
            return ConnectReturn(link: id, problem: error)
        }
    }

    /// Takes the authorization that is under way, for this one use.
    private func take(
        _ state: AuthorizationState,
        _ browser: (ObjectID) -> String?,
    ) async throws(Problem) -> (OpenedLink, ConnectLink.Authorization) {
        for _ in 0..<Self.tries {
            var opened = try await opened(state.subject, browser, mustBeOpen: true)
            guard let authorization = opened.link.authorization,
                authorization.nonceHash == Digest.hex(Array(state.nonce.utf8)),
                now < authorization.expiresAt
            else { throw ConnectFault.authorizationUsed.problem() }
            opened.link.authorization = nil
            let result = try await write([
                put(opened.link, expected: .version(opened.version))
            ])
            if case .done(let versions) = result, let version = versions.first {
                opened.version = version
                return (opened, authorization)
            }
        }
        throw Self.busy()
    }

    private func finish(
        _ first: OpenedLink,
        _ authorization: ConnectLink.Authorization,
        _ query: JSONObject,
        _ random: any RandomSource,
    ) async throws(Problem) {
        let item = try first.item(authorization.item)
        let (client, service) = try engine.oauthClient(of: item.service)
        let code = try service.code(inAnswer: query, client: client)
        var verifier = try engine.vault.open(
            authorization.sealedVerifier,
            context: Self.verifierContext(first.link.id),
        )
        defer { AuthenticatedCipher.wipe(&verifier) }
        let tokens = try await service.exchange(
            code: code,
            verifier: String(decoding: verifier, as: UTF8.self),
            redirectURI: authorization.redirectURI,
            client: client,
            clock: ServiceClock(clock: engine.clock),
        )
        var opened = first
        for _ in 0..<Self.tries {
            let view = try await connect(
                opened,
                item.key,
                StoredCredential(tokens),
                random,
            )
            if view != nil { return }
            opened = try await reopened(first.link.id)
        }
        throw Self.busy()
    }

    /// The tokens are here: only a link that was taken back or is gone stops them now.
    private func reopened(_ id: ObjectID) async throws(Problem) -> OpenedLink {
        let found: (document: ConnectLink, record: Record)? = try await find(
            .connectLink,
            id.description,
            .account,
        )
        guard let found, !found.document.isRevoked else { throw ConnectFault.noLink.problem() }
        return try await filled(found.document, found.record.version)
    }
}
