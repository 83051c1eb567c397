import Expressions
import Foundation
import Model
import Testing

/// Against the `jq` program: the same outputs, or an error on both sides.
@Suite struct DifferentialTests {
    @Test func `the corpus gives what jq gives`() throws {
        let jq = try JQ.find()
        let inputs = Corpus.inputs
        var cases: [Case] = []
        for (name, program) in Corpus.programs {
            cases.append(Case(program: program, input: try #require(inputs[name])))
        }
        try compare(cases, jq)
        #expect(cases.count >= 400)
    }

    @Test("each program of a difference is in the corpus and differs from jq 1.6")
    func differences() throws {
        let jq = try JQ.find()
        let inputs = Corpus.inputs
        let corpus = Corpus.programs
        for rule in Differences.rules {
            #expect(!rule.programs.isEmpty)
            for program in rule.programs.sorted() {
                let entry = try #require(corpus.first { $0.1 == program }, "\(program)")
                let item = Case(program: program, input: try #require(inputs[entry.0]))
                // Later versions may have come to agree.
                guard try jq.version() == "jq-1.6" else { continue }
                #expect(try jq.run([item]) != [item.ours], "\(program)")
            }
        }
    }

    @Test func `random programs give what jq gives`() throws {
        let jq = try JQ.find()
        let count = ProcessInfo.processInfo.environment["BACKSTOP_JQ_SEEDS"].flatMap(Int.init)
        var generator = ProgramGenerator(seed: 20_261_123)
        let cases = (0..<(count ?? 500)).map { _ in generator.next() }
        try compare(cases, jq)
    }

    private func compare(_ cases: [Case], _ jq: JQ) throws {
        for start in stride(from: 0, to: cases.count, by: 100) {
            let batch = Array(cases[start..<min(start + 100, cases.count)])
            for (item, theirs) in zip(batch, try jq.run(batch)) {
                let ours = item.ours
                guard ours != theirs, Differences.reason(item) == nil else { continue }
                Issue.record(
                    "\(item.program)  on  \(JSONWriter.string(item.input))\n  jq:   \(theirs)\n  ours: \(ours)"
                )
            }
        }
    }
}

/// What a program gave: its outputs, or that it failed (with the outputs before).
struct Answer: Equatable, CustomStringConvertible {
    var outputs: [JSONValue]
    var failed: Bool

    var description: String {
        outputs.map { JSONWriter.string($0) }.joined(separator: " ") + (failed ? " ERROR" : "")
    }
}

struct Case: Sendable {
    var program: String
    var input: JSONValue

    var ours: Answer {
        do {
            let program = try Program(program)
            // Outputs before an error count: the array is built by the program itself.
            let wrapped = try Program("[(\(program.source))]")
            guard case .array(let outputs) = try wrapped.evaluate(Environment(input: input)) else {
                return Answer(outputs: [], failed: true)
            }
            return Answer(outputs: outputs, failed: false)
        } catch {
            return Answer(outputs: [], failed: true)
        }
    }
}

/// The `jq` program, many programs in one run, because its start costs 20 ms.
struct JQ {
    var path: String

    static func find() throws -> JQ {
        for path in ["/usr/bin/jq", "/usr/local/bin/jq"]
        where FileManager.default.isExecutableFile(atPath: path) {
            return JQ(path: path)
        }
        throw Problem(.configuration, detail: "jq is not installed: apt-get install jq")
    }

    func version() throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--version"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .newlines)
    }

    func run(_ cases: [Case]) throws -> [Answer] {
        if let answers = try attempt(cases) { return answers }
        guard cases.count > 1 else { return [Answer(outputs: [], failed: true)] }
        // One that does not compile spoils its batch: the halves are asked alone.
        let middle = cases.count / 2
        return try run(Array(cases[..<middle])) + run(Array(cases[middle...]))
    }

    private func attempt(_ cases: [Case]) throws -> [Answer]? {
        let programs = cases.enumerated().map { index, item in
            "(.[\(index)] | try {o: [(\(item.program))]} catch {e: true})"
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        let folder = FileManager.default.temporaryDirectory.path
        let name = "\(folder)/jq-\(ProcessInfo.processInfo.globallyUniqueString)"
        let input = JSONWriter.string(.array(cases.map(\.input)))
        try "[\(programs.joined(separator: ",\n"))]".write(
            toFile: name + ".jq",
            atomically: true,
            encoding: .utf8,
        )
        try input.write(toFile: name + ".json", atomically: true, encoding: .utf8)
        defer {
            for suffix in [".jq", ".json"] {
                do { try FileManager.default.removeItem(atPath: name + suffix) } catch {}
            }
        }
        process.arguments = ["-c", "-f", name + ".jq", name + ".json"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            case .array(let answers) = try JSONParser.parse(
                Array(data),
                limits: JSONLimits(refusesDuplicateKeys: false),
            )
        else { return nil }
        return answers.map { answer in
            Answer(
                outputs: answer["o"]?.arrayValue ?? [],
                failed: answer["e"] != nil,
            )
        }
    }
}

enum Corpus {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Corpus")

    static func lines(_ name: String) -> [(String, String)] {
        let url = folder.appendingPathComponent(name)
        guard let data = FileManager.default.contents(atPath: url.path) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 1)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
    }

    static var programs: [(String, String)] { lines("programs.tsv") }

    static var inputs: [String: JSONValue] {
        var inputs: [String: JSONValue] = [:]
        for (name, text) in lines("inputs.tsv") {
            do { inputs[name] = try JSONParser.parse(text) } catch {
                Issue.record("\(name): \(error)")
            }
        }
        return inputs
    }
}
