import Expressions
import Model
import Synchronization

/// Compiled expressions of `fails_when`, by source, at most 256.
final class ProgramCache: Sendable {
    private static let limit = 256
    private let programs = Mutex([String: Program]())

    func program(_ source: String) throws(Problem) -> Program {
        if let known = programs.withLock({ $0[source] }) { return known }
        let program: Program
        do throws(ExpressionError) {
            program = try Program(source, allowed: [.response])
        } catch {
            throw Problem(.expression, detail: "fails_when: \(error)", code: "B2432")
        }
        programs.withLock { programs in
            if programs.count >= Self.limit { programs.removeAll() }
            programs[source] = program
        }
        return program
    }
}

extension Problem {
    /// An expression that gave no value, as a problem; `place` says which one.
    init(_ error: EvaluationError, in place: String) {
        self.init(.expression, detail: "\(place): \(error)", code: "B2433")
        self.data = [
            "code": .string(error.code.rawValue), "source": .string(error.source),
            "offset": .integer(Int64(error.offset)),
        ]
    }
}
