import Embedding
import Model
import StorePort

extension Directory {
    /// The end user who shows a token.
    ///
    /// Every refusal costs the same: one look for the key, one signature, one look for the end
    /// user. What was wrong is told to the log alone.
    ///
    /// - Throws: ``EmbeddingFault/notAccepted``, the same for every reason; what the store says.
    package func actor(withToken text: String) async throws(Problem) -> Actor {
        let token = TokenText(text)
        let name = token?.header["kid"]?.stringValue ?? ""
        let found: (document: SigningKey, record: Record)? = try await find(
            .signingKey,
            ObjectID(.signingKey, name)?.description ?? Self.nobody,
            .account,
        )
        let signer: TokenSignature.Key =
            try found.map { found throws(Problem) in try signature(found.document) }
            ?? Self.decoy(token)
        let isSigned = await TokenSignature.isValid(text, signer)
        let verdict = verdict(token, found?.document, isSigned: isSigned)
        var subject = Self.nobody
        if case .success(let name) = verdict { subject = name }
        let user = try await endUser(externalID: subject, scope: .account)
        do throws(TokenCheck.Refusal) {
            _ = try verdict.get()
            guard let user else { throw TokenCheck.Refusal(.unknownSubject) }
            return Actor.endUser(user.id)
        } catch {
            engine.logger.info(
                "an end-user token is refused",
                metadata: [
                    "reason": "\(error.reason.rawValue)",
                    "key": "\(found?.document.id.description ?? "")",
                ],
            )
            throw error.problem
        }
    }

    /// No key has this id. An end user may have the name; who is found by it is not looked at.
    private static let nobody = "nobody"

    private func verdict(
        _ token: TokenText?,
        _ key: SigningKey?,
        isSigned: Bool,
    ) -> Result<String, TokenCheck.Refusal> {
        guard let token else { return .failure(TokenCheck.Refusal(.malformed)) }
        guard let key else { return .failure(TokenCheck.Refusal(.unknownKey)) }
        let said = TokenCheck(key: key, now: now).subject(
            header: token.header,
            claims: token.claims,
        )
        // What is not signed says nothing; only the algorithm is told before, for the log.
        if case .failure(let refusal) = said, refusal.reason == .wrongAlgorithm { return said }
        return isSigned ? said : .failure(TokenCheck.Refusal(.wrongSignature))
    }

    private func signature(_ key: SigningKey) throws(Problem) -> TokenSignature.Key {
        switch key.material {
        case .sealed(let text):
            .hs256(try engine.vault.open(text, context: Self.signingContext(key.id)))
        case .publicKey(let pem): key.algorithm == .rs256 ? .rs256(pem: pem) : .es256(pem: pem)
        }
    }

    /// A key for a token that no key is known for: of the kind that the token asks for, so that it
    /// takes as long as a real one.
    private static func decoy(_ token: TokenText?) -> TokenSignature.Key {
        switch token?.header["alg"]?.stringValue {
        case SigningKey.Algorithm.rs256.rawValue: .rs256(pem: decoyRSA)
        case SigningKey.Algorithm.es256.rawValue: .es256(pem: decoyECDSA)
        default: .hs256([UInt8](repeating: 0, count: 32))
        }
    }

    // The private halves of these two were thrown away when they were made.
    private static let decoyRSA = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA51XSS6rtkXIAyHLmp+cN
        uSJI5Pp0NOfXVMUAjqJv0budGaSgkhXKwPL5kQGCjXj+ytNEwAAltk8ppPb25v9O
        /UlVjgJxlCK+vTsstEBHtQpDyxY0Du6hcK57Ed2P1AekyocCC+quZNbZcQQXdxoW
        rok9r4rpqkh9gfxL37BmCNsaUe1Rem2R5mLK5cGegG6YKwO2dBDNzX3iZ5W05Orz
        iYTI1aAWBoN9uFmlTIXH2VYqMOGytSyNw5yLkjKfwPwYAPge9fS6w+KbfvbrRdFR
        J2p7vAjBQ0r2Ymh5Zsx4JDM2egFk0wHQr9A6HdiGd5RAPYCP+yUSy328Udin6mYc
        /QIDAQAB
        -----END PUBLIC KEY-----
        """
    private static let decoyECDSA = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7rYRMhVL7UlZWTsDGUU/+j1rl98/
        sJFE7RvJyEX8Z6ykHtXcM8Iz5kTuo6Yl17EgOLAx1ufAjWh8rK/rqP1i4w==
        -----END PUBLIC KEY-----
        """
}
