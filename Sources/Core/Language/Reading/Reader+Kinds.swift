import Definitions
import Expressions
import Model

extension Reader {
    func kind(
        _ node: SourceNode,
        _ key: String?,
        _ isBranch: Bool,
        _ sight: Sight,
        _ path: String,
        _ inLoop: Bool,
    ) -> StepKind? {
        if isBranch {
            guard let condition = program(node["if"], sight) else { return nil }
            return .branch(
                condition: condition,
                then: steps(node["then"], sight, path: "\(path).then", inLoop: inLoop),
                otherwise: steps(node["else"], sight, path: "\(path).else", inLoop: inLoop),
            )
        }
        guard let key, let value = node[key] else { return .group([]) }
        switch key {
        case "run": return run(value, node["with"], sight)
        case "reply": return reply(value, sight)
        case "set": return template(value, sight).map(StepKind.set)
        case "switch": return choose(value, node, sight, path, inLoop)
        case "for_each": return loop(value, node, sight, path)
        case "parallel":
            return .parallel(
                value.members.map { member in
                    ParallelBranch(
                        name: member.key,
                        steps: steps(
                            member.value,
                            sight,
                            path: "\(path).parallel.\(member.key)",
                            inLoop: inLoop,
                        ),
                    )
                }
            )
        case "group":
            return .group(steps(value, sight, path: "\(path).group", inLoop: inLoop))
        case "wait": return wait(value, sight)
        case "raise": return .raise(raise(value, sight))
        case "call": return call(value, sight)
        default:
            return .stop(
                fails: value["fail"]?.json.boolValue ?? false,
                output: template(value["output"], sight),
            )
        }
    }

    private func run(_ node: SourceNode, _ with: SourceNode?, _ sight: Sight) -> StepKind? {
        guard let (connector, operation) = operationName(node) else { return nil }
        if let with {
            guard case .mapping = with.value else { return nil }
        }
        let input = template(with, sight, leaveOut: ["auth"]) ?? .literal(.object(JSONObject()))
        return .run(
            connector: connector,
            operation: operation,
            auth: with?["auth"]?.string,
            input: input,
        )
    }

    private func reply(_ node: SourceNode, _ sight: Sight) -> StepKind {
        let headers = node["headers"].flatMap { template($0, sight) }
        return .reply(
            status: template(node["status"], sight) ?? .literal(200),
            headers: headers,
            body: template(node["body"], sight),
        )
    }

    private func choose(
        _ subject: SourceNode,
        _ node: SourceNode,
        _ sight: Sight,
        _ path: String,
        _ inLoop: Bool,
    ) -> StepKind? {
        guard let program = program(subject, sight) else { return nil }
        let cases = (node["cases"]?.elements ?? []).enumerated().compactMap { index, element in
            template(element["case"], sight).map { value in
                ChooseCase(
                    value: value,
                    steps: steps(
                        element["steps"],
                        sight,
                        path: "\(path).cases[\(index)].steps",
                        inLoop: inLoop,
                    ),
                )
            }
        }
        let otherwise = node["default"].map {
            steps($0, sight, path: "\(path).default", inLoop: inLoop)
        }
        return .choose(subject: program, cases: cases, otherwise: otherwise)
    }

    private func loop(
        _ items: SourceNode,
        _ node: SourceNode,
        _ sight: Sight,
        _ path: String,
    ) -> StepKind? {
        guard let program = program(items, sight) else { return nil }
        return .forEach(
            items: program,
            concurrency: integer(node["concurrency"]) ?? 1,
            steps: steps(
                node["steps"],
                sight.with([.item, .index]),
                path: "\(path).steps",
                inLoop: true,
            ),
        )
    }

    private func wait(_ node: SourceNode, _ sight: Sight) -> StepKind {
        if case .mapping = node.value {
            return .wait(
                duration: template(node["for"], sight),
                until: template(node["until"], sight),
            )
        }
        return .wait(duration: template(node, sight), until: nil)
    }

    private func call(_ node: SourceNode, _ sight: Sight) -> StepKind? {
        if let name = node.string {
            return .call(workflow: name, input: .literal(.null), waits: true)
        }
        guard let name = node["workflow"]?.string else { return nil }
        return .call(
            workflow: name,
            input: template(node["input"], sight) ?? .literal(.null),
            waits: node["wait"]?.json.boolValue ?? true,
        )
    }
}
