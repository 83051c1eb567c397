import Model

/// The text files of a project, by path relative to its folder, with `/` between the parts.
package struct ProjectFiles: Sendable {
    package struct File: Sendable {
        package var path: String
        package var text: String

        package init(path: String, text: String) {
            self.path = path
            self.text = text
        }
    }

    package var files: [File]

    package init(_ files: [File]) {
        self.files = files.sorted { $0.path < $1.path }
    }
}

/// What connectors offer, for checks: `connector.operation` to the parameters' JSON Schema.
package struct ConnectorCatalog: Sendable {
    package var operations: [String: JSONSchema]

    package init(operations: [String: JSONSchema] = [:]) {
        self.operations = operations
    }
}
