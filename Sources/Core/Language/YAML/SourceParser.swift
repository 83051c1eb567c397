import Model
import Yams

/// Reads the YAML documents of one file into nodes with places.
struct SourceParser {
    /// Bytes of one file.
    static let sizeLimit = 1 << 20
    /// Collections inside one another.
    static let depthLimit = 64
    /// Nodes of one file, after aliases are written out.
    static let nodeLimit = 200_000

    let file: String
    private(set) var findings: [Finding] = []
    private var nodes = 0

    init(file: String) {
        self.file = file
    }

    private func place(_ mark: Mark?) -> SourcePlace {
        SourcePlace(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    private mutating func report(
        _ code: FindingCode,
        _ message: String,
        _ place: SourcePlace,
        _ suggestion: String? = nil,
    ) {
        findings.append(code.finding(message, at: place, suggestion: suggestion))
    }

    /// The documents; empty when the file cannot be read at all, with the finding that says why.
    mutating func documents(_ text: String) -> [SourceNode] {
        let start = SourcePlace(file: file)
        guard text.utf8.count <= Self.sizeLimit else {
            report(.tooLarge, "the file has more than \(Self.sizeLimit) bytes", start)
            return []
        }
        guard NestingScan.depth(text) <= Self.depthLimit else {
            report(.tooLarge, "collections are nested deeper than \(Self.depthLimit)", start)
            return []
        }
        var documents: [SourceNode] = []
        do {
            let parser = try Parser(yaml: text, resolver: .basic)
            while let root = try parser.nextRoot() {
                if let node = convert(root, depth: 0) { documents.append(node) }
            }
        } catch let error as YamlError {
            report(error)
            return []
        } catch {
            report(.syntax, "\(error)", start)
            return []
        }
        return documents
    }

    private mutating func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            report(.syntax, problem, place(mark))
        case .reader(let problem, let offset, _, _):
            report(
                .syntax,
                problem + (offset.map { " (byte \($0))" } ?? ""),
                place(nil),
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            report(
                .duplicateKey,
                "the key \(duplicates.joined(separator: ", ")) occurs twice",
                place(context.mark),
            )
        default: report(.syntax, "\(error)", place(nil))
        }
    }

    private mutating func convert(_ node: Node, depth: Int) -> SourceNode? {
        nodes += 1
        let place = place(node.mark)
        guard depth <= Self.depthLimit, nodes <= Self.nodeLimit else {
            if nodes <= Self.nodeLimit + 1 || depth == Self.depthLimit + 1 {
                report(.tooLarge, "the file has too many parts, or nests them too deeply", place)
            }
            nodes = max(nodes, Self.nodeLimit + 2)
            return nil
        }
        if let tag = Self.tag(of: node) {
            report(.unsupportedYAML, "the tag \(tag) is not supported", place, "leave it out")
        }
        switch node {
        case .scalar(let scalar): return convert(scalar, place)
        case .sequence(let sequence):
            var elements: [SourceNode] = []
            for element in sequence {
                guard let element = convert(element, depth: depth + 1) else { return nil }
                elements.append(element)
            }
            return SourceNode(place: place, value: .sequence(elements))
        case .mapping(let mapping): return convert(mapping, place, depth)
        case .alias:
            report(.unsupportedYAML, "the alias cannot be followed", place)
            return nil
        }
    }

    /// The tag that was written; nil when the parser is to find the type.
    private static func tag(of node: Node) -> String? {
        let name: String
        switch node {
        case .scalar(let scalar):
            name = scalar.tag.description
            // A text in quotes has this tag by itself.
            if scalar.style != .plain, ["!", "tag:yaml.org,2002:str"].contains(name) { return nil }
        case .sequence(let sequence): name = sequence.tag.description
        case .mapping(let mapping): name = mapping.tag.description
        case .alias: return nil
        }
        return name.isEmpty ? nil : name
    }

    private mutating func convert(_ scalar: Node.Scalar, _ place: SourcePlace) -> SourceNode {
        let isPlain = scalar.style == .plain || scalar.style == .any
        guard isPlain else {
            return SourceNode(
                place: place,
                value: .scalar(.string(scalar.string), text: scalar.string, isPlain: false),
            )
        }
        guard let value = CoreSchema.value(scalar.string) else {
            report(
                .outOfRange,
                "\(scalar.string) is no finite number of 64 bits",
                place,
                "quote it to make it a string",
            )
            return SourceNode(
                place: place,
                value: .scalar(.string(scalar.string), text: scalar.string, isPlain: true),
            )
        }
        return SourceNode(
            place: place,
            value: .scalar(value, text: scalar.string, isPlain: true),
        )
    }

    private mutating func convert(
        _ mapping: Node.Mapping,
        _ place: SourcePlace,
        _ depth: Int,
    ) -> SourceNode? {
        var members: [SourceNode.Member] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            let keyPlace = self.place(key.mark)
            guard case .scalar(let scalar) = key else {
                report(.unsupportedYAML, "a key must be a plain name", keyPlace)
                return nil
            }
            let name = scalar.string
            let isPlain = scalar.style == .plain || scalar.style == .any
            if name == "<<", isPlain {
                report(.unsupportedYAML, "merge keys are not supported", keyPlace)
                continue
            }
            if isPlain, ["on", "off", "yes", "no"].contains(name.lowercased()) {
                report(
                    .ambiguousKey,
                    "the key `\(name)` is a boolean to some YAML readers",
                    keyPlace,
                    "quote it, or choose another name",
                )
                continue
            }
            guard seen.insert(name).inserted else {
                report(.duplicateKey, "the key `\(name)` occurs twice", keyPlace)
                continue
            }
            guard let node = convert(value, depth: depth + 1) else { continue }
            members.append(SourceNode.Member(key: name, keyPlace: keyPlace, value: node))
        }
        return SourceNode(place: place, value: .mapping(members))
    }
}

/// A quick look at how deep a text may nest, before a parser that recurses sees it.
enum NestingScan {
    static func depth(_ text: String) -> Int {
        var open = 0
        var deepest = 0
        var lineDepth = 0
        var isLineStart = true
        var previous: UInt8 = 10
        for byte in text.utf8 {
            switch byte {
            case 10:
                isLineStart = true
                lineDepth = 0
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                open += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                open = max(0, open - 1)
            case 32 where isLineStart && (previous == 45 || previous == 63):
                lineDepth += 1
            case 32, 45, 63: break
            default: isLineStart = false
            }
            previous = byte
            deepest = max(deepest, open, lineDepth)
        }
        return deepest
    }
}
