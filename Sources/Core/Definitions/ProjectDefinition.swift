import Expressions
import Model

/// A whole project folder, loaded.
package struct ProjectDefinition: Sendable {
    package var account: AccountDefinition
    package var solutions: [SolutionDefinition]
    /// Account workflows from `alerts/`.
    package var alerts: [WorkflowDefinition]
    package var connectors: [ConnectorDefinition]

    package init(
        account: AccountDefinition = AccountDefinition(),
        solutions: [SolutionDefinition] = [],
        alerts: [WorkflowDefinition] = [],
        connectors: [ConnectorDefinition] = [],
    ) {
        self.account = account
        self.solutions = solutions
        self.alerts = alerts
        self.connectors = connectors
    }

    /// Every workflow, solutions first, in the order of their files.
    package var workflows: [WorkflowDefinition] { solutions.flatMap(\.workflows) + alerts }
}

/// `backstop.yaml`.
package struct AccountDefinition: Sendable {
    package var title: String?
    /// Of texts that name none, and of what is written for support: a tag in lower case.
    package var language = "en"
    /// The account alert workflow's name.
    package var alert: String?
    package var alertPlace: SourcePlace?
    /// Credentials of the partner itself, by slot name: the shared authentications.
    package var authentications: [String: AuthenticationDefinition]
    /// How end users connect to services, by service.
    package var services: [String: ServiceDefinition] = [:]
    package var connect = ConnectDefinition()
    /// Account-wide configuration values, overlaid on a solution's defaults.
    package var config: JSONObject
    package var retention: RetentionDefinition
    package var limits: LimitsDefinition
    /// Hosts, addresses or CIDR blocks that outbound requests may reach although they are private.
    package var allowedHosts: [String]
    /// Where what no alert workflow could tell goes; nil: to the log alone.
    package var lastResort: LastResortDefinition?
    package var alerting = AlertingDefinition()
    /// Of the text of its file; empty when there is none.
    package var digest = ""

    package init(
        title: String? = nil,
        alert: String? = nil,
        authentications: [String: AuthenticationDefinition] = [:],
        config: JSONObject = JSONObject(),
        retention: RetentionDefinition = RetentionDefinition(),
        limits: LimitsDefinition = LimitsDefinition(),
        allowedHosts: [String] = [],
        lastResort: LastResortDefinition? = nil,
    ) {
        self.title = title
        self.alert = alert
        self.authentications = authentications
        self.config = config
        self.retention = retention
        self.limits = limits
        self.allowedHosts = allowedHosts
        self.lastResort = lastResort
    }
}

/// A stored credential as a project names it; secrets by reference only.
package enum AuthenticationDefinition: Sendable {
    case bearer(token: SecretReference)
    case basic(user: String, password: SecretReference)
    /// In a header (default `X-API-Key`) or a query parameter.
    case apiKey(key: SecretReference, header: String?, query: String?)
    case headers([String: SecretReference])
}

/// How long finished executions are kept.
package struct RetentionDefinition: Sendable {
    /// Default 30 days.
    package var executions: TimeSpan

    package init(executions: TimeSpan = TimeSpan(milliseconds: 30 * 86_400_000)) {
        self.executions = executions
    }
}

/// The account's limits, each with its default.
package struct LimitsDefinition: Sendable {
    /// Executions that run at once, all together.
    package var concurrency = 256
    /// Executions of one instance that run at once.
    package var concurrencyPerInstance = 64
    /// Accepted executions that wait to begin; beyond it ingest answers 503.
    package var backlog = 100_000
    /// The same for one instance; beyond it ingest answers 429.
    package var backlogPerInstance = 20_000
    /// The largest request body of a webhook, in bytes.
    package var requestBody = 1 << 20
    /// The largest output of one step, in bytes of JSON.
    package var stepOutput = 4 << 20
    /// The longest an execution may take.
    package var executionTimeout = TimeSpan(milliseconds: 7 * 86_400_000)
    /// The most step attempts one execution may make.
    package var attemptsPerExecution = 100_000

    package init() {}
}

/// `solutions/<name>/`.
package struct SolutionDefinition: Sendable {
    package var name: String
    package var version: String
    package var title: String?
    package var authSlots: [AuthSlot]
    package var configSlots: [ConfigSlot]
    /// The instance alert workflow's name.
    package var alert: String?
    package var alertPlace: SourcePlace?
    /// `escalate: always`: the account alert workflow hears of every failure, too.
    package var escalatesAlways = false
    /// Words for problems.
    package var texts: TextBook
    package var workflows: [WorkflowDefinition]

    package init(
        name: String,
        version: String = "0.0.0",
        title: String? = nil,
        authSlots: [AuthSlot] = [],
        configSlots: [ConfigSlot] = [],
        alert: String? = nil,
        texts: TextBook = TextBook(),
        workflows: [WorkflowDefinition] = [],
    ) {
        self.name = name
        self.version = version
        self.title = title
        self.authSlots = authSlots
        self.configSlots = configSlots
        self.alert = alert
        self.texts = texts
        self.workflows = workflows
    }
}

package struct AuthSlot: Sendable {
    package var name: String
    package var service: String
    /// The partner's own, hidden from end users.
    package var isShared: Bool

    package init(name: String, service: String, isShared: Bool = false) {
        self.name = name
        self.service = service
        self.isShared = isShared
    }
}

package struct ConfigSlot: Sendable {
    package var name: String
    package var schema: JSONSchema
    package var title: String?
    package var isRequired: Bool
    package var isSecret: Bool
    package var isHidden: Bool
    package var defaultValue: JSONValue?

    package init(
        name: String,
        schema: JSONSchema,
        title: String? = nil,
        isRequired: Bool = false,
        isSecret: Bool = false,
        isHidden: Bool = false,
        defaultValue: JSONValue? = nil,
    ) {
        self.name = name
        self.schema = schema
        self.title = title
        self.isRequired = isRequired
        self.isSecret = isSecret
        self.isHidden = isHidden
        self.defaultValue = defaultValue
    }
}
