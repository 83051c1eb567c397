import Model

/// A compiled expression: names are resolved, literals folded.
indirect enum Node: Sendable {
    case identity
    case literal(JSONValue)
    case global(Variable)
    case named(String)
    case local(Int)
    case field(Node, String, at: Int)
    case index(Node, Node, at: Int)
    case slice(Node, from: Node?, to: Node?, at: Int)
    case iterate(Node, at: Int)
    case recurseAll
    case optional(Node)
    case pipe(Node, Node)
    case comma(Node, Node)
    case negate(Node, at: Int)
    case arithmetic(Operator, Node, Node, at: Int)
    case compare(Comparison, Node, Node)
    case and(Node, Node)
    case or(Node, Node)
    case alternative(Node, Node)
    case condition(Node, then: Node, otherwise: Node)
    case attempt(Node, handler: Node?)
    case bind(Node, Pattern, body: Node)
    case reduce(Node, Pattern, initial: Node, update: Node)
    case foreach(Node, Pattern, initial: Node, update: Node, extract: Node?)
    case label(Int, Node)
    case breakOut(Int)
    case array(Node?)
    case object([(key: Node, value: Node)], at: Int)
    case interpolation([Node], format: TextFormat)
    case format(TextFormat)
    case call(Builtin, [Node], at: Int)
    case assign(Node, Node, at: Int)
    case update(Node, Node, at: Int)
    case arithmeticUpdate(Operator?, Node, Node, at: Int)

    enum Operator: String, Sendable {
        case add = "+"
        case subtract = "-"
        case multiply = "*"
        case divide = "/"
        case modulo = "%"
    }

    enum Comparison: String, Sendable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }
}

/// What `as` binds.
indirect enum Pattern: Sendable {
    case variable(Int)
    case array([Pattern])
    case object([(key: Node, variable: Int?, pattern: Pattern?)])
}

/// `@text`, `@json` and so on.
enum TextFormat: String, Sendable, CaseIterable {
    case text, json, csv, tsv, html, uri, sh, base64, base64d
}
