import StorePort

extension DataScope {
    /// Different for every scope: parts before the last are led by their length.
    var storedText: String {
        switch self {
        case .account: "a"
        case .instance(let name): "i" + name
        case .execution(let id): "e\(id.rawValue)"
        case .workflow(let instance, let solution, let name):
            "w\(instance.utf8.count):\(instance)"
                + (solution.map { "\($0.utf8.count):\($0)" } ?? "-") + name
        }
    }
}
