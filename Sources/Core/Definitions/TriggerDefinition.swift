import Expressions
import Model
import Schedules

/// What starts a workflow.
package enum TriggerDefinition: Sendable {
    case webhook(WebhookTrigger)
    case schedule(ScheduleTrigger)
    case service(ServiceTrigger)
    case alert(AlertScope)
    /// What happens to the instance itself.
    case instance([LifecycleEvent])
    case call(input: JSONSchema?)
    case manual(input: JSONSchema?)

    package var kind: String {
        switch self {
        case .webhook: "webhook"
        case .schedule: "schedule"
        case .service: "service"
        case .alert: "alert"
        case .instance: "instance"
        case .call: "call"
        case .manual: "manual"
        }
    }

    /// The JSON Schema of what comes in, when the workflow declares one.
    package var input: JSONSchema? {
        switch self {
        case .webhook(let webhook): webhook.input
        case .call(let input), .manual(let input): input
        case .schedule, .service, .alert, .instance: nil
        }
    }
}

package enum AlertScope: String, Sendable, CaseIterable { case instance, account }

/// An HTTP request starts an execution.
package struct WebhookTrigger: Sendable {
    package enum Respond: String, Sendable, CaseIterable {
        /// The caller is held until a reply or the end.
        case whenFinished = "when_finished"
        /// The caller gets 202 as soon as the execution is durable.
        case immediately
    }
    package enum OnTimeout: String, Sendable, CaseIterable {
        /// 504; the execution goes on.
        case fail
        /// 202 with the status URL; the execution goes on.
        case accept
    }

    package var respond: Respond
    /// How long a caller is held: 1 s ... 5 min, default 30 s.
    package var timeout: TimeSpan
    package var onTimeout: OnTimeout
    package var verify: WebhookVerification?
    /// Sees `$trigger`; a string or null.
    package var correlationID: Template?
    /// Sees `$trigger`; requests with an equal value within 24 h are one execution.
    package var deduplicateBy: Template?
    /// The request body must match.
    package var input: JSONSchema?

    package init(
        respond: Respond = .immediately,
        timeout: TimeSpan = TimeSpan(milliseconds: 30_000),
        onTimeout: OnTimeout = .fail,
        verify: WebhookVerification? = nil,
        correlationID: Template? = nil,
        deduplicateBy: Template? = nil,
        input: JSONSchema? = nil,
    ) {
        self.respond = respond
        self.timeout = timeout
        self.onTimeout = onTimeout
        self.verify = verify
        self.correlationID = correlationID
        self.deduplicateBy = deduplicateBy
        self.input = input
    }
}

/// How a webhook proves that it comes from whom it says.
package enum WebhookVerification: Sendable {
    /// `verify: none`: said on purpose.
    case none
    /// HMAC-SHA256 of the body (or of a template of timestamp and body) in a header.
    case hmacSHA256(HMACVerification)
    /// Standard Webhooks 1.0: `webhook-id`, `webhook-timestamp`, `webhook-signature`.
    case standardWebhooks(secret: SecretReference, tolerance: TimeSpan)
    /// A shared token in a header or query parameter, compared in constant time.
    case sharedToken(secret: SecretReference, header: String?, query: String?)
}

package struct HMACVerification: Sendable {
    package enum Encoding: String, Sendable, CaseIterable { case hex, base64 }

    package var secret: SecretReference
    package var header: String
    /// Text before the digest in the header, such as `sha256=`.
    package var prefix: String
    package var encoding: Encoding
    /// When set, the signed text is `<timestamp>.<body>` with the timestamp of this header, in
    /// seconds since 1970, which must lie within ``tolerance``.
    package var timestampHeader: String?
    /// What is signed, with `{timestamp}` and `{body}` in it, when it is not the usual.
    package var signedText: String?
    package var tolerance: TimeSpan

    package init(
        secret: SecretReference,
        header: String,
        prefix: String = "",
        encoding: Encoding = .hex,
        timestampHeader: String? = nil,
        signedText: String? = nil,
        tolerance: TimeSpan = TimeSpan(milliseconds: 300_000),
    ) {
        self.secret = secret
        self.header = header
        self.prefix = prefix
        self.encoding = encoding
        self.timestampHeader = timestampHeader
        self.signedText = signedText
        self.tolerance = tolerance
    }
}

/// Where a secret is found; the text of a project never holds one.
package enum SecretReference: Sendable, Hashable {
    /// `{ env: NAME }`
    case environment(String)
    /// `{ file: PATH }`, trailing newline removed.
    case file(String)
    /// `subscription`: what was agreed when a service was subscribed to; of push triggers alone.
    case subscription
}

/// A clock starts an execution.
package struct ScheduleTrigger: Sendable {
    package typealias Overlap = SchedulePlan.Overlap

    package var every: TimeSpan?
    /// Five fields or a nickname; a project that loads has none that cannot be read.
    package var cron: String?
    package var timeZone: String
    package var overlap: Overlap
    /// How many missed runs are made up after downtime: 0 none.
    package var catchUp: Int

    package init(
        every: TimeSpan? = nil,
        cron: String? = nil,
        timeZone: String = "UTC",
        overlap: Overlap = .skip,
        catchUp: Int = 0,
    ) {
        self.every = every
        self.cron = cron
        self.timeZone = timeZone
        self.overlap = overlap
        self.catchUp = catchUp
    }
}

/// A connector's trigger starts an execution.
package struct ServiceTrigger: Sendable {
    package var connector: String
    package var trigger: String
    package var auth: String?
    package var input: Template

    package init(connector: String, trigger: String, auth: String? = nil, input: Template) {
        self.connector = connector
        self.trigger = trigger
        self.auth = auth
        self.input = input
    }
}
