import ConnectorKit
import Model

/// Tokens as they are stored, with the number of their change.
package struct KeptToken: Sendable {
    package var tokens: TokenSet
    /// Grows with every save, whoever saves.
    package var generation: Int64

    package init(tokens: TokenSet, generation: Int64) {
        self.tokens = tokens
        self.generation = generation
    }
}

/// Where tokens are kept, and who renews them.
package protocol TokenCustody: Sendable {
    /// - Throws: what the store says, and what the vault says of a value that does not open.
    func load(_ authentication: String) async throws(Problem) -> KeptToken

    /// The new generation; nil when the stored one is no longer the expected one, and nothing was
    /// written.
    func save(
        _ tokens: TokenSet,
        for authentication: String,
        expectedGeneration: Int64,
    ) async throws(Problem) -> Int64?

    /// Told when a renewal ended with a problem that only a reconnection mends: at each use, until
    /// the stored tokens change. It does nothing when it knows already.
    func broke(_ authentication: String, generation: Int64, _ problem: Problem) async

    /// Asks the service for new tokens.
    func renew(_ tokens: TokenSet, for authentication: String) async throws(Problem) -> TokenSet
}
