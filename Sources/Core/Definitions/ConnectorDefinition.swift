import Expressions
import Model

/// A declarative connector: `connectors/<name>.yaml`.
///
/// Templates see `$input` (the operation's parameters), `$auth` (the authentication's public
/// fields), `$config`, and in `fails_when`, `errors`, `result` and pagination `$response`
/// (`status`, `headers`, `body`).
package struct ConnectorDefinition: Sendable {
    package var name: String
    package var title: String?
    package var version: String
    /// An absolute http or https URL; may use `$config`.
    package var baseURL: Template
    package var headers: [String: Template]
    package var timeout: TimeSpan
    package var failsWhen: Program?
    package var errors: [ErrorRule]
    /// Words for its problems.
    package var texts = TextBook()
    package var operations: [OperationDefinition]
    package var triggers: [PollingTriggerDefinition]
    package var pushTriggers: [PushTriggerDefinition]
    package var place: SourcePlace
    /// Of the text of its file; empty when it came from none.
    package var digest = ""

    package init(
        name: String,
        title: String? = nil,
        version: String = "1",
        baseURL: Template,
        headers: [String: Template] = [:],
        timeout: TimeSpan = TimeSpan(milliseconds: 30_000),
        failsWhen: Program? = nil,
        errors: [ErrorRule] = [],
        operations: [OperationDefinition] = [],
        triggers: [PollingTriggerDefinition] = [],
        pushTriggers: [PushTriggerDefinition] = [],
        place: SourcePlace = SourcePlace(file: ""),
    ) {
        self.name = name
        self.title = title
        self.version = version
        self.baseURL = baseURL
        self.headers = headers
        self.timeout = timeout
        self.failsWhen = failsWhen
        self.errors = errors
        self.operations = operations
        self.triggers = triggers
        self.pushTriggers = pushTriggers
        self.place = place
    }
}

/// One operation of a declarative connector.
package struct OperationDefinition: Sendable {
    package var name: String
    package var title: String?
    package var method: String
    /// Appended to the base URL; values put into it are percent-encoded.
    package var path: Template
    package var query: [String: Template]
    package var headers: [String: Template]
    /// The body, and how it is written: `json` (default), `form`, `multipart`, `raw`.
    package var body: Template?
    package var bodyKind: String
    /// JSON Schema of the parameters, made from the `parameters` map.
    package var parameters: JSONValue
    /// Sent as `Idempotency-Key` (or the named header) when set.
    package var idempotencyHeader: String?
    package var sideEffect: SideEffect
    package var failsWhen: Program?
    package var errors: [ErrorRule]
    /// Words for its problems.
    package var texts = TextBook()
    /// What the step's output is; default the body.
    package var result: Program?
    package var pagination: PaginationDefinition?
    package var timeout: TimeSpan?

    package init(
        name: String,
        title: String? = nil,
        method: String = "GET",
        path: Template,
        query: [String: Template] = [:],
        headers: [String: Template] = [:],
        body: Template? = nil,
        bodyKind: String = "json",
        parameters: JSONValue = .object(JSONObject()),
        idempotencyHeader: String? = nil,
        sideEffect: SideEffect = .read,
        failsWhen: Program? = nil,
        errors: [ErrorRule] = [],
        result: Program? = nil,
        pagination: PaginationDefinition? = nil,
        timeout: TimeSpan? = nil,
    ) {
        self.name = name
        self.title = title
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.bodyKind = bodyKind
        self.parameters = parameters
        self.idempotencyHeader = idempotencyHeader
        self.sideEffect = sideEffect
        self.failsWhen = failsWhen
        self.errors = errors
        self.result = result
        self.pagination = pagination
        self.timeout = timeout
    }
}

/// Turns an answer into a problem: the first rule whose `when` holds.
package struct ErrorRule: Sendable {
    package var when: Program
    package var type: ProblemType
    package var title: Template?
    package var detail: Template?
    package var retry: RetryKind?
    package var client: Template?
    package var actor: ProblemActor?
    package var action: ProblemAction?

    package init(
        when: Program,
        type: ProblemType,
        title: Template? = nil,
        detail: Template? = nil,
        retry: RetryKind? = nil,
        client: Template? = nil,
        actor: ProblemActor? = nil,
        action: ProblemAction? = nil,
    ) {
        self.when = when
        self.type = type
        self.title = title
        self.detail = detail
        self.retry = retry
        self.client = client
        self.actor = actor
        self.action = action
    }
}

/// How an operation reads more than one page.
package struct PaginationDefinition: Sendable {
    /// The items of one page, from `$response`.
    package var items: Program
    /// Query parameters of the next page, from `$response`; null ends it.
    package var next: Program
    /// 1...1000, default 10.
    package var maxPages: Int

    package init(items: Program, next: Program, maxPages: Int = 10) {
        self.items = items
        self.next = next
        self.maxPages = maxPages
    }
}

/// A trigger that asks an operation for what is new.
package struct PollingTriggerDefinition: Sendable {
    package var name: String
    package var operation: String
    package var input: Template
    package var every: TimeSpan
    /// The events in the operation's output.
    package var items: Program
    /// Sees `$item`; equal keys are one event.
    package var key: Program
    /// Sees `$items` and `$cursor`; the cursor for the next poll.
    package var cursor: Program

    package init(
        name: String,
        operation: String,
        input: Template,
        every: TimeSpan,
        items: Program,
        key: Program,
        cursor: Program,
    ) {
        self.name = name
        self.operation = operation
        self.input = input
        self.every = every
        self.items = items
        self.key = key
        self.cursor = cursor
    }
}
