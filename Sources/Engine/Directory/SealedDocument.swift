import Embedding
import Model

/// A document with sealed values in it.
protocol SealedDocument: JSONDocument {
    /// Replaces each sealed value by what the body makes of it and of its context.
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem)
}

extension AuthenticationRecord: SealedDocument {
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem) {
        sealed = try body(sealed, "authentication:\(id)")
    }
}

extension Instance: SealedDocument {
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem) {
        for (slot, sealed) in secrets {
            secrets[slot] = try body(sealed, "instance:\(id):\(slot)")
        }
    }
}

extension SigningKey: SealedDocument {
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem) {
        guard case .sealed(let text) = material else { return }
        let new = SigningKey(
            id: id,
            algorithm: algorithm,
            material: .sealed(try body(text, Directory.signingContext(id))),
            issuer: issuer,
            createdAt: createdAt,
        )
        if let new { self = new }
    }
}

extension ConnectLink: SealedDocument {
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem) {
        guard var authorization else { return }
        authorization.sealedVerifier = try body(
            authorization.sealedVerifier,
            Directory.verifierContext(id),
        )
        self.authorization = authorization
    }
}

extension TriggerState: SealedDocument {
    mutating func reseal(
        _ body: (_ sealed: String, _ context: String) throws(Problem) -> String
    ) throws(Problem) {
        try leaving?.reseal(body)
        guard let sealed = subscription?.sealed else { return }
        let id = Directory.triggerID(instance, workflow)
        subscription?.sealed = try body(sealed, TriggerState.context(id))
    }
}
