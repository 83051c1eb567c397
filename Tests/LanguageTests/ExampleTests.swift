import Language
import Model
import Testing

@Suite struct ExampleTests {
    @Test func `an empty project folder's account file loads`() {
        let files = ProjectFiles([.init(path: "backstop.yaml", text: "title: Mine\n")])
        let result = ProjectLoader.load(files, catalog: ConnectorCatalog(), digest: { _ in "d" })
        #expect(result.findings.isEmpty && result.project?.account.title == "Mine")
    }
}
