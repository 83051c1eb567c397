import Embedding
import Foundation
import MemoryStore
import Model
import Testing

@testable import Engine

/// `serve --watch`: when a folder is read again, and what becomes of what runs.
@Suite(.timeLimit(.minutes(1))) struct FolderWatchTests {
    private static func stamp(_ size: Int64) -> FolderWatch.Stamp {
        FolderWatch.Stamp(seconds: 1, nanoseconds: 2, size: size, inode: 3)
    }

    @Test func `a folder is told of once it rests, and once for each rest`() {
        let empty: [String: FolderWatch.Stamp] = [:]
        let one = ["a.yaml": Self.stamp(1)]
        let two = ["a.yaml": Self.stamp(1), "b.yaml": Self.stamp(1)]
        let grown = ["a.yaml": Self.stamp(2), "b.yaml": Self.stamp(1)]
        var rest = FolderWatch.Rest(one)
        let looks = [one, one, two, grown, grown, grown, two, two, empty, empty, one, one]
        let told = looks.map { rest.isNews($0) }
        #expect(
            told == [
                true, false, false, false, true, false, false, true, false, true, false, true,
            ]
        )
    }

    @Test func `a file that changes, comes or goes is seen, and what is no YAML is not`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "watch-\(SystemRandom().bytes(8).map(String.init).joined())"
        )
        let nested = folder.appending(path: "solutions/s")
        try FileManager.default.createDirectory(at: nested, withIntermediateDirectories: true)
        defer {
            do { try FileManager.default.removeItem(at: folder) } catch {
                Issue.record("\(error)")
            }
        }
        let file = nested.appending(path: "w.yaml")
        try Data("a".utf8).write(to: file)
        let (changes, continuation) = AsyncStream<Void>.makeStream()
        let watch = FolderWatch(
            folder: folder.path,
            every: TimeSpan(milliseconds: 2),
        ) { continuation.yield() }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watch.run() }
            var seen = changes.makeAsyncIterator()
            await seen.next()
            try Data("ab".utf8).write(to: file)
            await seen.next()
            try Data("c".utf8).write(to: folder.appending(path: "backstop.yaml"))
            await seen.next()
            try FileManager.default.removeItem(at: file)
            await seen.next()
            let names = FolderWatch.stamps(folder.path).keys
            try Data("d".utf8).write(to: folder.appending(path: "notes.txt"))
            try Data("d".utf8).write(to: folder.appending(path: ".hidden.yaml"))
            #expect(FolderWatch.stamps(folder.path).keys == names)
            group.cancelAll()
        }
    }

    @Test func `a folder that is followed is live at once, and may change a version's content`()
        async throws
    {
        let store = MemoryStore()
        try await Embedded.applying(on: store) { engine, _ in
            let projects = Projects(
                engine: engine,
                compiler: TestCompiler(),
                source: .folder,
                isDevelopment: true,
            )
            for title in ["One", "Two"] {
                let files = try Leads(title: title).upload.files
                let definition = try #require(TestCompiler().compile(files).definition)
                try await projects.follow(definition)
                #expect(engine.deployment.project.solutions.first?.title == title)
                let kept = try await engine.directory.version("leads", "1.0.0")
                #expect(kept?.title == title)
            }
            // Nothing of it is taken for applied.
            #expect(try await projects.head(by: .adminToken) == nil)
            let refused = try #require(
                TestCompiler().compile([
                    .init(path: "backstop.yaml", text: "allowed_hosts: [refused]")
                ]).definition
            )
            await #expect(throws: Problem.self) { try await projects.follow(refused) }
            #expect(engine.deployment.project.solutions.first?.title == "Two")
        }
    }
}
