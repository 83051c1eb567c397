import Model

extension ConnectorSpec {
    /// What is wrong with the declaration; empty when nothing is.
    ///
    /// A registry refuses a connector with mistakes.
    public func mistakes() -> [String] {
        var found: [String] = []
        if !Self.isName(name) { found.append("the name \"\(name)\" is not [a-z][a-z0-9_]*") }
        if operations.isEmpty { found.append("it has no operation") }
        var seen: Set<String> = []
        for operation in operations {
            if !seen.insert(operation.name).inserted {
                found.append("there are two operations named \(operation.name)")
            }
            found += operation.mistakes().map { "\(operation.name): \($0)" }
        }
        return found
    }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, 97...122 ~= first, text.utf8.count <= 64 else {
            return false
        }
        return text.utf8.allSatisfy {
            97...122 ~= $0 || 48...57 ~= $0 || $0 == UInt8(ascii: "_")
        }
    }
}

extension OperationSpec {
    /// What is wrong with the declaration: names, schemas that do not compile, examples that do not
    /// match, a timeout that is none.
    public func mistakes() -> [String] {
        var found: [String] = []
        if !ConnectorSpec.isName(name) { found.append("its name is not [a-z][a-z0-9_]*") }
        if summary.isEmpty { found.append("it has no summary") }
        if timeout.milliseconds <= 0 { found.append("its timeout is not positive") }
        if parameters["type"]?.stringValue != "object" {
            found.append("its parameters are not of type object")
        }
        if sideEffect == .read || sideEffect == .none, idempotency != .natural {
            found.append("what changes nothing is idempotent by nature")
        }
        do {
            let schema = try JSONSchema.compile(parameters)
            for (position, example) in examples.enumerated() {
                if let violation = schema.validate(example).first {
                    found.append("example \(position + 1) does not match: \(violation.message)")
                }
            }
        } catch {
            found.append("the schema of its parameters does not compile: \(error)")
        }
        do {
            _ = try JSONSchema.compile(result)
        } catch {
            found.append("the schema of its result does not compile: \(error)")
        }
        return found
    }
}
