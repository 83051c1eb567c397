import Definitions
import Expressions
import Model

/// What a place may use in its expressions.
struct Sight: Sendable {
    var variables: VariableSet
    var named: Set<String> = []

    static let workflow = Sight(variables: VariableSet.workflow.union([.attempt]))

    func with(_ more: VariableSet) -> Sight {
        var sight = self
        sight.variables = variables.union(more)
        return sight
    }
}

/// Reads typed values out of checked nodes; what is wrong was reported by the shapes, so a wrong
/// value reads as its default here.
final class Reader {
    private(set) var findings: [Finding] = []
    let solution: String?
    /// The nodes of the workflow that is being read.
    var nodeCount = 0
    private let source: String
    private lazy var lines = SourceLines(source)

    /// - Parameter source: the text of the file, for the places of mistakes inside its scalars.
    init(solution: String? = nil, source: String = "") {
        self.solution = solution
        self.source = source
    }

    func report(
        _ code: FindingCode,
        _ message: String,
        _ place: SourcePlace,
        _ suggestion: String? = nil,
        severity: Finding.Severity = .error,
    ) {
        findings.append(
            code.finding(message, at: place, suggestion: suggestion, severity: severity)
        )
    }

    // MARK: Scalars

    func duration(_ node: SourceNode?) -> TimeSpan? { node?.text.flatMap(TimeSpan.init) }

    func integer(_ node: SourceNode?) -> Int? { node?.json.integerValue.map { Int($0) } }

    func word<Word: RawRepresentable>(_ node: SourceNode?) -> Word? where Word.RawValue == String {
        node?.string.flatMap(Word.init(rawValue:))
    }

    // MARK: Expressions

    private func report(_ error: ExpressionError, _ node: SourceNode) {
        report(
            .invalidExpression,
            "\(error.code.rawValue): \(error.message)",
            place(of: error.offset, in: node),
            error.suggestion,
        )
    }

    /// The place of a character of a scalar, or the scalar's own where that cannot be known.
    func place(of offset: Int, in node: SourceNode) -> SourcePlace {
        var place = node.place
        if case .scalar(_, let text, let isPlain) = node.value,
            let start = lines.start(of: text, isPlain: isPlain, at: place)
        {
            place.column = start.column + offset
        }
        return place
    }

    /// A bare expression, or one `${ … }`.
    func program(_ node: SourceNode?, _ sight: Sight) -> Program? {
        guard let node, let text = node.text else { return nil }
        do throws(ExpressionError) {
            if text.hasPrefix("${") {
                switch try Template.compile(
                    text,
                    allowed: sight.variables,
                    named: sight.named,
                )
                {
                case .expression(let program): return program
                case .literal(let value): return try Program(JSONWriter.string(value))
                default:
                    report(
                        .invalidExpression,
                        "only one expression may stand here",
                        node.place,
                        "write the expression without ${ }",
                    )
                    return nil
                }
            }
            return try Program(text, allowed: sight.variables, named: sight.named)
        } catch {
            report(error, node)
            return nil
        }
    }

    /// A value with templates in its strings.
    func template(_ node: SourceNode?, _ sight: Sight, leaveOut: Set<String> = []) -> Template? {
        guard let node else { return nil }
        switch node.value {
        case .scalar(.string, let text, _):
            do throws(ExpressionError) {
                return try Template.compile(
                    text,
                    allowed: sight.variables,
                    named: sight.named,
                )
            } catch {
                report(error, node)
                return nil
            }
        case .scalar(let value, _, _): return .literal(value)
        case .sequence(let elements):
            return .make(array: elements.compactMap { template($0, sight) })
        case .mapping(let members):
            return .make(
                object: members.filter { !leaveOut.contains($0.key) }.compactMap { member in
                    template(member.value, sight).map {
                        Template.Member(key: member.key, value: $0)
                    }
                }
            )
        }
    }

    func templates(_ node: SourceNode?, _ sight: Sight) -> [String: Template] {
        var result: [String: Template] = [:]
        for member in node?.members ?? [] {
            result[member.key] = template(member.value, sight)
        }
        return result
    }

    func schema(_ node: SourceNode?) -> JSONSchema? {
        guard let node else { return nil }
        do throws(JSONSchemaError) {
            return try JSONSchema(node.json)
        } catch {
            report(.invalidSchema, "\(error)", node.place)
            return nil
        }
    }

    func secret(_ node: SourceNode?) -> SecretReference? {
        guard let node else { return nil }
        if node.string == "subscription" { return .subscription }
        if let name = node["env"]?.string { return .environment(name) }
        if let path = node["file"]?.string { return .file(path) }
        return nil
    }
}
