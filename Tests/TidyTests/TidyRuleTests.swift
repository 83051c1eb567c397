import Testing

/// Every rule finds an offence planted for it, and leaves its innocent twin alone.
@Suite struct TidyRuleTests {
    struct Planted: Sendable, CustomTestStringConvertible {
        var rule: Rule
        var path: String
        var text: String
        /// The line of the offence; nil: the text is innocent.
        var line: Int?

        var testDescription: String { "\(rule) \(line.map { "at \($0)" } ?? "not") in \(path)" }
    }

    @Test func `every rule has a planted offence and an innocent twin`() {
        for rule in Rule.allCases {
            #expect(Self.plants.contains { $0.rule == rule && $0.line != nil }, "\(rule)")
            #expect(Self.plants.contains { $0.rule == rule && $0.line == nil }, "\(rule)")
        }
    }

    @Test(arguments: plants)
    func `a planted offence is found where it is`(_ plant: Planted) {
        let found = Tidy.check([SourceFile(path: plant.path, text: plant.text)])
            .filter { $0.rule == plant.rule }
        #expect(found.map(\.line) == (plant.line.map { [$0] } ?? []), "\(found)")
    }

    static let body = "        x += 1\n"

    static let plants: [Planted] = shape + calls + text + names + tree

    static let shape: [Planted] = [
        Planted(rule: .longFile, path: "Tests/A/A.swift", text: lines(501), line: 0),
        Planted(rule: .longFile, path: "Tests/A/A.swift", text: lines(500)),
        Planted(rule: .longFunction, path: "Sources/Engine/A.swift", text: function(69), line: 2),
        Planted(rule: .longFunction, path: "Sources/Engine/A.swift", text: function(68)),
        Planted(
            rule: .longFunction,
            path: "Sources/Engine/A.swift",
            text: "protocol A {\n    func a()\n    func b()\n}\nlet x = [\n" + lines(90) + "]\n",
        ),
    ]

    static let calls: [Planted] = [
        call("let now = Date()", true),
        call("let now = time.Date()", false),
        call("let id = UUID()", true),
        call("let x = Int.random(in: 0...1)", true),
        call("let x = try? run()", true),
        call("print(x)", true),
        call("writer.print(x)", false),
        call("func print(_ x: Int) {}", false),
        call("Task { await run() }", true),
        call("group.addTask { await run() }", false),
        call("Task(priority: .high) { }", true),
        call("Task.detached { }", true),
        call("fatalError(\"\")", true),
        call("let text = \"try? print(\"", false),
        call("let text = \"\\(name(\"a\")) try? b\"", false),
        call("// Date() is not called", false),
        call("let x = try? run()  // tidy: the file may be gone already", false),
        call("let x = try? run()  // tidy: x", true),
        Planted(
            rule: .bannedCall,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\n// tidy: nobody waits for this one, it\n// ends itself\nTask { }\n",
        ),
        Planted(
            rule: .unexplained,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\nfinal class B: @unchecked Sendable {\n}\n",
            line: 2,
        ),
        Planted(
            rule: .unexplained,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\n// Guarded by the lock.\nfinal class B: @unchecked Sendable {\n}\n",
        ),
        Planted(
            rule: .foundationInCore,
            path: "Sources/Core/Kernel/A.swift",
            text: "import FoundationEssentials\nstruct A {}\n",
            line: 1,
        ),
        Planted(
            rule: .foundationInCore,
            path: "Sources/Engine/A.swift",
            text: "import FoundationEssentials\nstruct A {}\n",
        ),
        Planted(
            rule: .slowFoundation,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\nlet d = JSONDecoder()\n",
            line: 2,
        ),
        Planted(
            rule: .slowFoundation,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\nlet d = MyJSONDecoder()\n",
        ),
        Planted(
            rule: .sleepInTest,
            path: "Tests/A/A.swift",
            text: "try await Task.sleep(for: .seconds(1))\n",
            line: 1,
        ),
        Planted(
            rule: .sleepInTest,
            path: "Tests/A/A.swift",
            text: "// tidy: the kernel gives no signal for this\nusleep(1)\n",
        ),
    ]

    static let text: [Planted] = [
        Planted(
            rule: .unfinished,
            path: "docs/a.md",
            text: "a\n\(Tidy.leftovers[0]): b\n",
            line: 2,
        ),
        Planted(rule: .unfinished, path: "docs/a.md", text: "MASTO" + "DON\n"),
        Planted(
            rule: .machinePath,
            path: "demo",
            text: "cd \(Tidy.machinePaths[0])main\n",
            line: 1,
        ),
        Planted(rule: .machinePath, path: "demo", text: "cd ./work\n"),
        Planted(rule: .tracked, path: "Package.resolved", text: "{}\n", line: 0),
        Planted(rule: .tracked, path: ".build-tsan/x.yaml", text: "a\n", line: 0),
        Planted(
            rule: .tracked,
            path: "a.bin",
            text: String(repeating: "x", count: 1 << 20 + 1),
            line: 0,
        ),
        Planted(rule: .tracked, path: "Package.swift", text: "\n"),
    ]

    static let names: [Planted] = [
        Planted(
            rule: .vagueName,
            path: "Sources/Engine/JSONUtils.swift",
            text: "enum JSONUtils {}\n",
            line: 0,
        ),
        Planted(
            rule: .vagueName,
            path: "Sources/Engine/A+Extensions.swift",
            text: "extension A {}\n",
            line: 0,
        ),
        Planted(rule: .vagueName, path: "Sources/New/A.swift", text: "struct A {}\n", line: 0),
        Planted(
            rule: .vagueName,
            path: "Sources/Engine/NewLead.swift",
            text: "struct NewLead {}\n",
        ),
        Planted(rule: .misnamed, path: "Sources/Engine/A.swift", text: "struct AB {}\n", line: 0),
        Planted(rule: .misnamed, path: "Sources/Engine/A+B.swift", text: "struct A {}\n", line: 0),
        Planted(rule: .misnamed, path: "Sources/Engine/A.swift", text: "package struct A<T> {}\n"),
        Planted(rule: .misnamed, path: "Sources/Engine/A+B.swift", text: "extension A {}\n"),
        Planted(
            rule: .needlesslyPublic,
            path: "Sources/Engine/A.swift",
            text: "public struct A {}\n",
            line: 1,
        ),
        Planted(
            rule: .needlesslyPublic,
            path: "Sources/Core/Model/A.swift",
            text: "public struct A {}\n",
        ),
    ]

    static let tree: [Planted] = [
        Planted(rule: .decision, path: "docs/decisions/0002-a.md", text: decision, line: 0),
        Planted(
            rule: .decision,
            path: "docs/decisions/0001-a.md",
            text: "# 1. A\n## Context\n## Decision\n",
            line: 0,
        ),
        Planted(rule: .decision, path: "docs/decisions/0001-a.md", text: decision),
        Planted(rule: .command, path: "README.md", text: "Run\n\n    ./dem\n", line: 3),
        Planted(rule: .command, path: "README.md", text: "Run demo.\n"),
        Planted(rule: .deadLink, path: "docs/a.md", text: "see [b](b.md#top)\n", line: 1),
        Planted(
            rule: .deadLink,
            path: "docs/a.md",
            text: "<img src=\"../pictures/b.svg\">\n",
            line: 1,
        ),
        Planted(
            rule: .deadLink,
            path: "docs/a.md",
            text: "[a](a.md#x) [b](https://b.example) [c](../docs)\n",
        ),
        Planted(
            rule: .migration,
            path: "Sources/Stores/S/Migrations/0002-a.sql",
            text: "",
            line: 0,
        ),
        Planted(rule: .migration, path: "Sources/Stores/S/Migrations/0001-a.sql", text: ""),
        Planted(
            rule: .citedTest,
            path: "ARCHITECTURE.md",
            text: "Held\n\n| a | `no test has this name` |\n",
            line: 3,
        ),
        Planted(
            rule: .citedTest,
            path: "ARCHITECTURE.md",
            text: "`no test has this name`\n| `Core/Model` | `apply(event) -> [Action]` |\n",
        ),
    ]

    static let decision = "# 1. A\n## Context\n## Decision\n## Consequences\n"

    static func call(_ line: String, _ isOffence: Bool) -> Planted {
        Planted(
            rule: .bannedCall,
            path: "Sources/Engine/A.swift",
            text: "struct A {}\n\(line)\n",
            line: isOffence ? 2 : nil,
        )
    }

    static func lines(_ count: Int) -> String { String(repeating: "// a\n", count: count) }

    static func function(_ bodyLines: Int) -> String {
        "struct A {\n    func a(\n        _ x: Int) {\n" + lines(bodyLines - 1) + "    }\n}\n"
    }
}
