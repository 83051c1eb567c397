/// Finds schemas that lead back to themselves without going into the value, so that checking them
/// would never end.
enum SchemaCycles {
    private enum Mark { case new, open, done }

    /// The pointer of a schema on such a cycle.
    static func first(in nodes: [SchemaNode]) -> String? {
        var marks = [Mark](repeating: .new, count: nodes.count)
        for start in nodes.indices where marks[start] == .new {
            var stack = [(node: start, next: nodes[start].inPlace[...])]
            marks[start] = .open
            while let last = stack.indices.last {
                guard let target = stack[last].next.popFirst() else {
                    marks[stack[last].node] = .done
                    stack.removeLast()
                    continue
                }
                switch marks[target] {
                case .open: return nodes[target].pointer
                case .done: continue
                case .new:
                    marks[target] = .open
                    stack.append((target, nodes[target].inPlace[...]))
                }
            }
        }
        return nil
    }
}

extension SchemaNode {
    /// The schemas that are asked about the same value.
    fileprivate var inPlace: [Int] {
        checks.flatMap { check -> [Int] in
            switch check {
            case .all(let indices), .any(let indices), .one(let indices): indices
            case .not(let index), .reference(let index): [index]
            case .condition(let test, let then, let otherwise):
                [test] + [then, otherwise].compactMap { $0 }
            case .dependentSchemas(let list): list.map(\.1)
            default: []
            }
        }
    }
}
