import Model

extension ExecutionView {
    /// What the workflow saw as `$trigger`; nil when the stored input cannot be read.
    package var trigger: JSONValue? { StartInput(head.input)?.trigger }
}
