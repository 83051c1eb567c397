import Foundation
import Model
import Testing

@testable import CommandLine

/// Values of the command line: what may be an argument, and what may not.
@Suite struct GivenValuesTests {
    private static func file(_ text: String) throws -> String {
        let name = "given-\(UInt64.random(in: .min ... .max))"  // tidy: a file name of this test
        let file = FileManager.default.temporaryDirectory.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test func `a plain value is JSON when it can be read so, else text`() throws {
        let values = try GivenValues.plain(["a=1", "b=x y", "c={\"d\": null}", "e=", "f=a=b"])
        #expect(
            values == ["a": 1, "b": "x y", "c": ["d": .null], "e": "", "f": "a=b"]
        )
        #expect(try GivenValues.texts(["a=1"]) == ["a": "1"])
        for wrong in ["a", "=a", ""] {
            #expect(throws: CommandFailure.self) { try GivenValues.plain([wrong]) }
        }
    }

    @Test func `a secret is never an argument, and a file's last line end is none of it`() throws {
        let path = try Self.file("hush\n")
        #expect(try GivenValues.secrets(["pin=@\(path)"]) == ["pin": "hush"])
        for wrong in ["pin=1234", "pin=", "pin=@/nowhere/at/all"] {
            #expect(throws: CommandFailure.self) { try GivenValues.secrets([wrong]) }
        }
        #expect(throws: CommandFailure.self) { try GivenValues.secrets(["a=-", "b=-"]) }
        do {
            _ = try GivenValues.secrets(["pin=canary"])
        } catch let failure as CommandFailure {
            #expect(failure.exit == .usage && !failure.message.contains("canary"))
        }
    }

    @Test func `a credential's fields stand on the command line only when they are no secret`()
        throws
    {
        var options = try CredentialOptions.parse(["--kind", "basic", "--field", "user=app"])
        #expect(try options.body()["fields"] == ["user": "app"])
        for secret in ["token=x", "password=x", "key=x", "X-Token=x"] {
            options.field = [secret]
            #expect(throws: CommandFailure.self) { try options.body() }
        }
    }

    @Test func `objects come as an array or one a line`() throws {
        let lines = try Self.file("{\"a\": 1}\n\n{\"a\": 2}\r\n")
        #expect(try GivenValues.objects(lines) == [["a": 1], ["a": 2]])
        let array = try Self.file(" [{\"a\": 1}, {\"a\": 2}]\n")
        #expect(try GivenValues.objects(array) == [["a": 1], ["a": 2]])
        let broken = try Self.file("{\"a\": 1}\nnonsense\n")
        #expect(throws: CommandFailure.self) { try GivenValues.objects(broken) }
    }

    @Test(arguments: [
        ("acme", "ext:acme"), ("ext:acme", "ext:acme"), ("usr_0amjxcss80400", "usr_0amjxcss80400"),
        ("usr_mine", "ext:usr_mine"), ("a/b c", "ext:a/b c"),
    ])
    func `an end user is named by the partner's name, or by its id`(given: String, sent: String) {
        #expect(EndUserName.reference(given) == sent)
        #expect(!EndUserName.path(given).dropFirst("/v1/end-users/".count).contains("/"))
    }

    @Test func `one instance or many, not both`() throws {
        #expect(try InstanceSelection.parse(["ins_1"]).id == "ins_1")
        let many = try InstanceSelection.parse(["--solution", "s", "--end-user", "acme"])
        #expect(many.filter == ["solution": "s", "end_user": "ext:acme"])
        for wrong in [[], ["ins_1", "--solution", "s"], ["ins_1", "--state", "enabled"]] {
            #expect(throws: (any Error).self) { try InstanceSelection.parse(wrong) }
        }
    }

    @Test func `the summary of many is the sum of its pages`() throws {
        var summary = BulkSummary()
        let page: JSONValue = [
            "total": 3, "ready": 2, "blocked": 1, "missing": ["/config/a": 1],
            "blocked_instances": [["instance": "ins_1", "missing": ["/config/a"]]],
            "slots": ["/config/a": ["change": "added", "values": ["given": 2, "missing": 1]]],
        ]
        #expect(!summary.hasRefusals)
        summary.add(page)
        summary.add(page)
        #expect(summary.hasRefusals)
        #expect(summary.json["total"] == 6 && summary.json["ready"] == 4)
        #expect(summary.json["missing"] == ["/config/a": 2])
        #expect(summary.json["slots"]?["/config/a"]?["values"] == ["given": 4, "missing": 2])
        #expect(summary.json["instances"]?.arrayValue?.count == 2)
    }
}
