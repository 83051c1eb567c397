import ConnectorKit
import Model
import Testing

@testable import Connectors

struct AddressTests {
    @Test(arguments: [
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("2001:DB8::0:1", "2001:db8::1"),
        ("::ffff:10.0.0.1", "::ffff:a00:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        ("fe80::1:0:0:2", "fe80::1:0:0:2"), ("::", "::"), ("1::", "1::"),
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
    ])
    func `an address is read and written in its canonical form`(text: String, canonical: String) {
        #expect(IPAddress(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "1", "127.1", "127.0.0.01", "0177.0.0.1", "0x7f.0.0.1", "256.0.0.1", "1.2.3.4.5",
        "1.2.3", " 1.2.3.4", "1.2.3.4 ", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "::g", "12345::", "fe80::1%eth0", "::1.2.3.4.5", "1.2.3.4::", "[::1]",
        "1:2:3:4:5:6:7::8",
    ])
    func `what is no plain address is refused`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
        "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.192", "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
        "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::10.0.0.1",
        "64:ff9b:1::1", "::127.0.0.1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::",
        "3fff::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "5f00::1",
    ])
    func `an address that is not public is refused`(text: String) throws {
        #expect(AddressPolicy.refusal(of: try #require(IPAddress(text))) != nil)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
        "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    ])
    func `a public address passes`(text: String) throws {
        #expect(AddressPolicy.refusal(of: try #require(IPAddress(text))) == nil)
    }

    @Test func `every block of the policy is a block`() {
        for entry in AddressPolicy.refused { #expect(IPBlock(entry.block) != nil, "\(entry)") }
    }

    @Test(arguments: [
        ("erp.internal", "erp.internal", 80, "10.0.0.1", true),
        ("ERP.internal.", "erp.internal", 80, "10.0.0.1", true),
        ("erp.internal", "evil.example", 80, "10.0.0.1", false),
        ("erp.internal:8443", "erp.internal", 8443, "10.0.0.1", true),
        ("erp.internal:8443", "erp.internal", 80, "10.0.0.1", false),
        ("*.corp.example", "a.corp.example", 80, "10.0.0.1", true),
        ("*.corp.example", "corp.example", 80, "10.0.0.1", false),
        ("*.corp.example", "acorp.example", 80, "10.0.0.1", false),
        ("127.0.0.1", "localhost", 80, "127.0.0.1", true),
        ("127.0.0.1:8080", "localhost", 80, "127.0.0.1", false),
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1", true),
        ("10.1.0.0/16", "a.example", 80, "10.1.2.3", true),
        ("10.1.0.0/16", "a.example", 80, "10.2.2.3", false),
        ("10.1.0.0/16", "a.example", 80, "::ffff:10.1.2.3", true),
        ("[::1]:8080", "::1", 8080, "::1", true),
        ("[::1]:8080", "::1", 80, "::1", false),
        ("fd00::/8", "a.example", 80, "fd12::1", true),
        ("0.0.0.0/0", "a.example", 80, "127.0.0.1", true),
        ("::/0", "a.example", 80, "::1", true),
    ])
    func `the allow-list opens what it names and nothing else`(
        entry: String,
        host: String,
        port: Int,
        address: String,
        passes: Bool,
    ) throws {
        let egress = EgressGuard(allowList: try AllowList([entry]))
        let address = try #require(IPAddress(address))
        #expect((egress.refusal(host: host, port: port, address: address) == nil) == passes)
    }

    @Test(arguments: [
        "", "a b", "10.0.0.0/33", "host:0", "host:70000", "host:x", "http://a", "[::1", "a/8",
        "*.", "a:1:2", "127.1",
    ])
    func `an entry that is none of the forms is refused`(entry: String) {
        #expect(throws: Problem.self) { try AllowList([entry]) }
    }
}
