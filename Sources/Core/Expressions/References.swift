import Model

/// Finds static paths from variables, for checks before anything runs.
enum References {
    static func find(in node: Node) -> [Program.Reference] {
        var found: [Program.Reference] = []
        visit(node, &found)
        return found
    }

    /// The path that a node is, when it is nothing else.
    private static func path(_ node: Node) -> (Variable, [String], Int)? {
        switch node {
        case .global(let variable): return (variable, [], 0)
        case .field(let base, let name, let at):
            guard let (variable, keys, offset) = path(base) else { return nil }
            return (variable, keys + [name], keys.isEmpty ? at : offset)
        case .pipe(let base, .optional(.field(.identity, let name, let at))):
            guard let (variable, keys, offset) = path(base) else { return nil }
            return (variable, keys + [name], keys.isEmpty ? at : offset)
        case .optional(let inner): return path(inner)
        default: return nil
        }
    }

    private static func visit(_ node: Node, _ found: inout [Program.Reference]) {
        if let (variable, keys, offset) = path(node) {
            found.append(Program.Reference(variable: variable, keys: keys, offset: offset))
            return
        }
        for child in children(of: node) { visit(child, &found) }
    }

    private static func children(of node: Node) -> [Node] {
        switch node {
        case .identity, .literal, .global, .named, .local, .recurseAll, .breakOut, .format: []
        case .field(let base, _, _), .iterate(let base, _), .optional(let base),
            .negate(let base, _), .label(_, let base):
            [base]
        case .index(let a, let b, _), .pipe(let a, let b), .comma(let a, let b),
            .arithmetic(_, let a, let b, _), .compare(_, let a, let b), .and(let a, let b),
            .or(let a, let b), .alternative(let a, let b), .assign(let a, let b, _),
            .update(let a, let b, _), .arithmeticUpdate(_, let a, let b, _):
            [a, b]
        case .slice(let base, let from, let to, _): [base] + [from, to].compactMap { $0 }
        case .condition(let test, let then, let otherwise): [test, then, otherwise]
        case .attempt(let body, let handler): [body] + [handler].compactMap { $0 }
        case .bind(let source, _, let body): [source, body]
        case .reduce(let source, _, let initial, let update): [source, initial, update]
        case .foreach(let source, _, let initial, let update, let extract):
            [source, initial, update] + [extract].compactMap { $0 }
        case .array(let body): [body].compactMap { $0 }
        case .object(let members, _): members.flatMap { [$0.key, $0.value] }
        case .interpolation(let nodes, _), .call(_, let nodes, _): nodes
        }
    }
}
