extension DataScope {
    /// A text that is different, byte for byte, for every scope: parts before the last are led by
    /// their length.
    package var exactText: ExactText {
        switch self {
        case .account: ExactText("a")
        case .instance(let name): ExactText("i" + name)
        case .execution(let id): ExactText("e\(id.rawValue)")
        case .workflow(let instance, let solution, let name):
            ExactText(
                "w\(instance.utf8.count):\(instance)"
                    + (solution.map { "\($0.utf8.count):\($0)" } ?? "-") + name
            )
        }
    }
}
