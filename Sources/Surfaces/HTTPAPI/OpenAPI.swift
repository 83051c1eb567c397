import Engine
import Model

/// The OpenAPI 3.1 document, made from the route table.
enum OpenAPI {
    static func document(publicURL: String) -> JSONValue {
        var paths = JSONObject()
        for route in Route.allCases {
            var item = paths[route.path]?.objectValue ?? JSONObject()
            for method in route.methods where method != "HEAD" {
                item[method.lowercased()] = operation(route, method)
            }
            paths[route.path] = .object(item)
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Backstop", "version": "0.1.0",
                "description": "Webhooks in, durable executions out.",
                "license": ["name": "Apache-2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": .string(publicURL.isEmpty ? "/" : publicURL)]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": ["admin": ["type": "http", "scheme": "bearer"]],
                "schemas": .object(OpenAPISchemas.all),
            ],
        ]
    }

    private static func operation(_ route: Route, _ method: String) -> JSONValue {
        var object = JSONObject()
        object["operationId"] = .string(
            route.methods.count > 2 ? "\(route.rawValue)\(method)" : route.rawValue
        )
        object["summary"] = .string(summary(route))
        switch route.access {
        case .admin, .permission: object["security"] = [["admin": []]]
        case .capability: object["security"] = [["admin": []], [:]]
        case .everybody: break
        }
        let parameters = parameters(route)
        if !parameters.isEmpty { object["parameters"] = .array(parameters) }
        switch route {
        case _ where EmbeddingSchemas.request(of: route) != nil:
            object["requestBody"] = [
                "required": .bool(route != .doctor),
                "content": [
                    "application/json": ["schema": EmbeddingSchemas.request(of: route) ?? [:]]
                ],
            ]
        case .startWorkflow, .startSolutionWorkflow:
            object["requestBody"] = ["content": ["application/json": ["schema": [:]]]]
        case .connectForm:
            object["requestBody"] = [
                "content": [
                    "application/x-www-form-urlencoded": [
                        "schema": [
                            "type": "object", "additionalProperties": ["type": "string"],
                        ]
                    ]
                ]
            ]
        case .webhook, .solutionWebhook, .instanceWebhook, .serviceEvents:
            object["requestBody"] = ["content": ["*/*": ["schema": [:]]]]
        default: break
        }
        object["responses"] = responses(route)
        return .object(object)
    }

    private static func summary(_ route: Route) -> String {
        switch route {
        case .home: "A page for people."
        case .health: "Whether the process lives."
        case .ready: "Whether starts are taken."
        case .metrics: "Metrics in Prometheus' text format."
        case .openAPI: "This document."
        case .webhook, .solutionWebhook, .instanceWebhook: "Start a workflow by its webhook."
        case .serviceEvents: "Take what a service sends to the address of a subscription."
        case .workflows: "What is deployed."
        case .startWorkflow, .startSolutionWorkflow: "Start a workflow by hand."
        case .executions: "Executions, newest first."
        case .execution: "One execution with its steps and attempts."
        case .status: "What a caller may see of its execution."
        case .events: "What happens in an execution, as server-sent events."
        case .cancel: "End an execution."
        default: EmbeddingSchemas.summary(route)
        }
    }

    private static func parameters(_ route: Route) -> [JSONValue] {
        var list: [JSONValue] = route.path.split(separator: "/").filter { $0.first == "{" }
            .map { part in
                [
                    "name": .string(String(part.dropFirst().dropLast())), "in": "path",
                    "required": true, "schema": ["type": "string", "minLength": 1],
                ]
            }
        for name in route.parameters {
            list.append([
                "name": .string(name), "in": "query",
                "schema": OpenAPISchemas.parameter(name, of: route),
            ])
        }
        return list
    }

    private static func responses(_ route: Route) -> JSONValue {
        var object = JSONObject()
        switch route {
        case .home: object["200"] = body("text/html; charset=utf-8", ["type": "string"])
        case .connectPage:
            object["200"] = body("text/html; charset=utf-8", ["type": "string"])
        case .connectForm, .connectStart, .oauthCallback:
            object["303"] = ["description": "To the page, or to the service."]
        case .metrics:
            object["200"] = body(
                "text/plain; version=0.0.4; charset=utf-8",
                ["type": "string"],
            )
        case .events: object["200"] = body("text/event-stream", schema("Event"))
        case .openAPI: object["200"] = body("application/json", ["type": "object"])
        case .health, .ready: object["200"] = body("application/json", schema("Health"))
        case .workflows: object["200"] = body("application/json", schema("Workflows"))
        case .executions: object["200"] = body("application/json", schema("Executions"))
        case .execution: object["200"] = body("application/json", schema("Execution"))
        case .status: object["200"] = body("application/json", schema("Status"))
        case .cancel:
            object["200"] = body("application/json", schema("Execution"))
            object["202"] = body("application/json", schema("Execution"))
        case .startWorkflow, .startSolutionWorkflow:
            object["200"] = body("application/json", [:])
            object["202"] = body("application/json", schema("Accepted"))
        case .serviceEvents: object["200"] = body("*/*", [:])
        case .webhook, .solutionWebhook, .instanceWebhook:
            object["200"] = body("*/*", [:])
            object["202"] = body("application/json", schema("Accepted"))
        default:
            for (status, name) in EmbeddingSchemas.answers(route) {
                object[status] =
                    name.map { body("application/json", schema($0)) }
                    ?? ["description": "Well."]
            }
        }
        object["default"] =
            route.isPage
            ? body("text/html; charset=utf-8", ["type": "string"])
            : body("application/problem+json", schema("Problem"))
        return .object(object)
    }

    private static func schema(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(name)")]
    }

    private static func body(_ type: String, _ schema: JSONValue) -> JSONValue {
        [
            "description": .string(type == "application/problem+json" ? "A problem." : "Well."),
            "content": .object([type: ["schema": schema]]),
        ]
    }
}
