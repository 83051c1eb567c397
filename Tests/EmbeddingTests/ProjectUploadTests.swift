import Embedding
import Foundation
import Model
import Testing

@Suite struct ProjectUploadTests {
    private typealias File = ProjectUpload.File

    private func code(_ files: [(String, String)]) -> String? {
        do throws(Problem) {
            _ = try ProjectUpload(files.map { File(path: $0.0, text: $0.1) })
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: [
        "", "/etc/x.yaml", "../x.yaml", "a/../x.yaml", "a//x.yaml", ".git/x.yaml", "a/.x.yaml",
        "a\u{7}.yaml", "notes.txt", "a.yaml/", String(repeating: "a", count: 508) + ".yaml",
    ])
    func `a path that no project has is refused`(path: String) {
        #expect(code([(path, "")]) == "B2803")
    }

    @Test func `every path that a project has is taken`() {
        for path in ["backstop.yaml", "solutions/s/a b.yml", "x/é.yaml", "a/b/c/d.yaml"] {
            #expect(code([(path, "")]) == nil, "\(path)")
        }
        #expect(code([]) == "B2803")
        #expect(code([("a.yaml", "1"), ("a.yaml", "2")]) == "B2803")
    }

    @Test func `each limit holds to the byte`() {
        let most = String(repeating: "x", count: ProjectUpload.fileBytes)
        #expect(code([("a.yaml", most)]) == nil)
        #expect(code([("a.yaml", most + "x")]) == "B2802")
        let full = ProjectUpload.totalBytes / ProjectUpload.fileBytes
        let files = (0..<full).map { ("f\($0).yaml", most) }
        #expect(code(files) == nil)
        #expect(code(files + [("g.yaml", "x")]) == "B2802")
        let many = (0..<ProjectUpload.fileLimit).map { ("f\($0).yaml", "") }
        #expect(code(many) == nil)
        #expect(code(many + [("g.yaml", "")]) == "B2802")
    }

    @Test func `the files come back from their documents, whatever the size of a document`() throws
    {
        var files = (0..<60).map { number in
            let text = String(repeating: "line \(number) \"é\\ \t\n", count: number)
            return File(path: "solutions/s/w\(number).yaml", text: text)
        }
        files.append(File(path: "empty.yaml", text: ""))
        let upload = try ProjectUpload(files.shuffled())
        for limit in [1_800, 5_000, 1 << 20] {
            let documents = try #require(upload.documents(limit: limit))
            #expect(documents.allSatisfy { $0.count <= limit })
            #expect(limit > 9_000 || documents.count > 3)
            #expect(ProjectUpload(documents: documents) == upload)
        }
        #expect(upload.documents(limit: 100) == nil)
        #expect(ProjectUpload(documents: [Array("[1]".utf8)]) == nil)
        #expect(ProjectUpload(documents: [Array("{\"a.yaml\": 1}".utf8)]) == nil)
    }

    @Test func `the digest is that of paths and texts, in any order`() throws {
        let one = [File(path: "a.yaml", text: "1"), File(path: "b.yaml", text: "2")]
        let digest = try ProjectUpload(one).digest(Sample.digest)
        #expect(try ProjectUpload(one.reversed()).digest(Sample.digest) == digest)
        let moved = [File(path: "a.yaml", text: "2"), File(path: "b.yaml", text: "1")]
        #expect(try ProjectUpload(moved).digest(Sample.digest) != digest)
        #expect(try ProjectUpload([one[0]]).digest(Sample.digest) != digest)
    }

    @Test func `the page has a row for every number and limit`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/reference/projects.md"),
            encoding: .utf8,
        )
        for fault in ProjectFault.allCases {
            let row = "| `\(fault.rawValue)` | \(fault.status) | \(fault.title) | "
            #expect(page.contains(row), "\(row)")
        }
        for row in [
            "| files | \(ProjectUpload.fileLimit / 1_000),000 | ",
            "| bytes of one file | \(ProjectUpload.fileBytes >> 10) KiB | ",
            "| bytes of all files | \(ProjectUpload.totalBytes >> 20) MiB | ",
            "| bytes of a path | \(ProjectUpload.pathBytes) | ",
        ] {
            #expect(page.contains(row), "\(row)")
        }
    }

    @Test(arguments: ProjectFault.allCases)
    func `each fault has its own number and title`(fault: ProjectFault) {
        let problem = fault.problem(detail: "d")
        #expect(problem.code == fault.rawValue && problem.status == fault.status)
        let others = ProjectFault.allCases.filter { $0 != fault }
        #expect(!others.map(\.title).contains(fault.title))
    }
}
