import Definitions
import Expressions
import Model

extension Reader {
    func account(_ node: SourceNode) -> AccountDefinition {
        var account = AccountDefinition()
        account.title = node["title"]?.string
        if let language = node["language"] {
            account.language = tag(language.string ?? "", language.place) ?? account.language
        }
        account.alert = node["alert"]?.string
        account.alertPlace = node["alert"]?.place
        for member in node["auth"]?.members ?? [] {
            account.authentications[member.key] = authentication(member.value)
        }
        for member in node["services"]?.members ?? [] {
            account.services[member.key] = service(member.value)
        }
        account.connect.returnURLs = strings(node["connect"]?["return_urls"])
        account.config = node["config"]?.json.objectValue ?? JSONObject()
        account.allowedHosts = (node["allowed_hosts"]?.elements ?? []).compactMap(\.string)
        if let kept = duration(node["retention"]?["executions"]) {
            account.retention.executions = kept
        }
        account.limits = limits(node["limits"])
        account.lastResort = lastResort(node["last_resort"])
        account.alerting = alerting(node["alerting"])
        return account
    }

    private func lastResort(_ node: SourceNode?) -> LastResortDefinition? {
        guard let webhook = node?["webhook"]?.string, let secret = secret(node?["secret"]) else {
            return nil
        }
        return LastResortDefinition(
            webhook: webhook,
            secret: secret,
            heartbeat: duration(node?["heartbeat"]),
        )
    }

    private func limits(_ node: SourceNode?) -> LimitsDefinition {
        var limits = LimitsDefinition()
        guard let node else { return limits }
        limits.concurrency = integer(node["concurrency"]) ?? limits.concurrency
        limits.concurrencyPerInstance =
            integer(node["concurrency_per_instance"]) ?? limits.concurrencyPerInstance
        limits.backlog = integer(node["backlog"]) ?? limits.backlog
        limits.backlogPerInstance =
            integer(node["backlog_per_instance"]) ?? limits.backlogPerInstance
        limits.requestBody = integer(node["request_body"]) ?? limits.requestBody
        limits.stepOutput = integer(node["step_output"]) ?? limits.stepOutput
        limits.executionTimeout = duration(node["execution_timeout"]) ?? limits.executionTimeout
        limits.attemptsPerExecution =
            integer(node["attempts_per_execution"]) ?? limits.attemptsPerExecution
        return limits
    }

    private func authentication(_ node: SourceNode) -> AuthenticationDefinition? {
        switch node["kind"]?.string {
        case "bearer": return secret(node["token"]).map { .bearer(token: $0) }
        case "basic":
            guard let user = node["user"]?.string else { return nil }
            return secret(node["password"]).map { .basic(user: user, password: $0) }
        case "api_key":
            return secret(node["key"]).map {
                .apiKey(key: $0, header: node["header"]?.string, query: node["query"]?.string)
            }
        case "headers":
            var headers: [String: SecretReference] = [:]
            for member in node["headers"]?.members ?? [] {
                headers[member.key] = secret(member.value)
            }
            return .headers(headers)
        default: return nil
        }
    }

    func solution(_ node: SourceNode) -> SolutionDefinition? {
        guard let name = node["solution"]?.string else { return nil }
        var solution = SolutionDefinition(
            name: name,
            version: node["version"]?.text ?? "0.0.0",
            title: node["title"]?.string,
        )
        solution.alert = node["alert"]?.string
        solution.alertPlace = node["alert"]?.place
        solution.escalatesAlways = node["escalate"]?.string == "always"
        for member in node["auth"]?.members ?? [] {
            solution.authSlots.append(
                AuthSlot(
                    name: member.key,
                    service: member.value["service"]?.string ?? "",
                    isShared: member.value["shared"]?.json.boolValue ?? false,
                )
            )
        }
        for member in node["config"]?.members ?? [] {
            if let slot = configSlot(member) { solution.configSlots.append(slot) }
        }
        solution.texts = textBook(node["texts"])
        return solution
    }

    /// The words for problems of a solution, a connector or an operation.
    func textBook(_ node: SourceNode?) -> TextBook {
        var book = TextBook()
        guard let node else { return book }
        book.pages[TextBook.unnamed] = page(node)
        for member in node["languages"]?.members ?? [] {
            guard let tag = tag(member.key, member.keyPlace) else { continue }
            book.pages[tag] = page(member.value)
        }
        return book
    }

    private func page(_ node: SourceNode) -> TextBook.Page {
        var page: TextBook.Page = [:]
        for kind in ProblemText.allCases {
            for member in node[kind.rawValue]?.members ?? [] {
                guard let type = ProblemType(rawValue: member.key) else { continue }
                page[kind, default: [:]][type] = template(
                    member.value,
                    Sight(variables: [.service, .error, .config]),
                )
            }
        }
        return page
    }

    private func tag(_ text: String, _ place: SourcePlace) -> String? {
        if let tag = LanguageRange.tag(text) { return tag }
        report(
            .invalidLanguage,
            "`\(text)` is no language tag",
            place,
            "write a tag of RFC 5646, such as `de` or `pt-br`",
            severity: .warning,
        )
        return nil
    }

    /// A boolean beside the keywords of a JSON Schema. What is no boolean stays for the schema's
    /// compiler: `required` as a list is a keyword, `required: yes` is a mistake.
    static func takeFlag(_ key: String, _ object: inout JSONObject) -> Bool {
        guard let flag = object[key]?.boolValue else { return false }
        object.removeValue(forKey: key)
        return flag
    }

    /// A JSON Schema with `required`, `secret` and `hidden` beside it.
    private func configSlot(_ member: SourceNode.Member) -> ConfigSlot? {
        guard case .object(var object) = member.value.json else { return nil }
        let isRequired = Self.takeFlag("required", &object)
        let isSecret = Self.takeFlag("secret", &object)
        let isHidden = Self.takeFlag("hidden", &object)
        let schema: JSONSchema
        do throws(JSONSchemaError) {
            schema = try JSONSchema(.object(object))
        } catch {
            report(.invalidSchema, "\(error)", member.value.place)
            return nil
        }
        let value = object["default"]
        if let value, let violation = schema.validate(value).first {
            report(
                .invalidSchema,
                "the default does not match: \(violation.message)",
                member.value.place,
            )
        }
        return ConfigSlot(
            name: member.key,
            schema: schema,
            title: object["title"]?.stringValue,
            isRequired: isRequired,
            isSecret: isSecret,
            isHidden: isHidden,
            defaultValue: value,
        )
    }
}
