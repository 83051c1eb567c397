import Expressions
import Model

/// A trigger that a service sets off by sending what is new.
///
/// Templates and expressions of the calls see `$subscription` (`url`, `key`, `secret`, `id`),
/// `$input` and `$config`; those of what arrives see `$request` (`method headers query body`),
/// `$input` and `$config`.
package struct PushTriggerDefinition: Sendable {
    /// One request to the service, and what is read from its output (`.`).
    package struct Call: Sendable {
        package var operation: String
        package var input: Template
        /// The service's own name for the subscription.
        package var id: Program?
        /// A text of RFC 3339, or seconds since 1970; null: never.
        package var expiresAt: Program?
        /// The secret that the service chose.
        package var secret: Program?

        package init(
            operation: String,
            input: Template,
            id: Program? = nil,
            expiresAt: Program? = nil,
            secret: Program? = nil,
        ) {
            self.operation = operation
            self.input = input
            self.id = id
            self.expiresAt = expiresAt
            self.secret = secret
        }
    }

    /// How the service makes sure of who listens.
    package struct Handshake: Sendable {
        package var when: Program
        /// Whether its request is signed as all others.
        package var isVerified: Bool
        package var body: Template

        package init(when: Program, isVerified: Bool, body: Template) {
            self.when = when
            self.isVerified = isVerified
            self.body = body
        }
    }

    package var name: String
    /// Nil: a person tells the service the address.
    package var subscribe: Call?
    /// Looks for the subscription of this address; its `id` is null when there is none.
    package var find: Call?
    package var renew: Call?
    package var unsubscribe: Call?
    package var verify: WebhookVerification
    package var handshake: Handshake?
    /// Whether the request has events at all.
    package var filter: Program?
    /// The events; the body alone when nil.
    package var items: Program?
    /// Sees `$item`; equal keys are one event.
    package var key: Program
    /// Sees `$item`: what becomes `$trigger`; the item when nil.
    package var value: Program?

    package init(
        name: String,
        verify: WebhookVerification,
        key: Program,
    ) {
        self.name = name
        self.verify = verify
        self.key = key
    }
}
