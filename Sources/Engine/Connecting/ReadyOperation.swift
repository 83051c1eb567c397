import ConnectorKit
import Model

/// An operation with everything that every attempt of it shares: made once.
final class ReadyOperation: Sendable {
    let connector: any Connector
    let spec: OperationSpec
    let parameters: JSONSchema

    init(connector: any Connector, spec: OperationSpec, parameters: JSONSchema) {
        self.connector = connector
        self.spec = spec
        self.parameters = parameters
    }
}
