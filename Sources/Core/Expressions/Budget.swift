/// What one evaluation may use up; beyond it ends with E205 to E207.
package struct Budget: Sendable, Hashable {
    /// Nodes evaluated and elements touched by builtins.
    package var steps: Int
    /// Bytes of strings, arrays and objects made, counted when they are made.
    package var bytes: Int

    package init(steps: Int = 2_000_000, bytes: Int = 64 << 20) {
        self.steps = steps
        self.bytes = bytes
    }

    package static let standard = Budget()
    /// Nested evaluations at most.
    package static let depthLimit = 400
    /// Containers inside one another of a value that an expression makes.
    package static let nestingLimit = 512
}
