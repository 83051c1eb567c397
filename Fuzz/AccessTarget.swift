import Embedding
import Engine
import Model

/// What strangers show: end-user tokens, addresses to return to, sealed values. The first line is one
/// text, the rest another. Whatever is taken is exactly what it is taken for.
enum AccessTarget {
    static let listed = ["https://app.test/integrations"]

    static let vault: Vault = {
        do { return try Vault.forgetful(random: SystemRandom()) } catch { broken("no vault") }
    }()

    static func run(_ bytes: [UInt8]) {
        let (first, second) = halves(bytes)
        for text in [first, second].map({ String(decoding: $0, as: UTF8.self) }) {
            checkToken(text)
            checkAddress(text)
            checkSealed(text)
        }
    }

    /// A token that is read is three parts in the one spelling of base 64 for URLs.
    private static func checkToken(_ text: String) {
        guard TokenText(text) != nil else { return }
        insist(text.utf8.count <= TokenText.longest, "longer than a token may be")
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        insist(parts.count == 3, "not three parts")
        for part in parts {
            guard let bytes = Base64.decoded(String(part)) else { broken("no base 64: \(part)") }
            insist(Base64.urlEncoded(bytes) == part, "another spelling of \(part)")
        }
    }

    /// An address that is allowed leads to the listed host, at or below the path, in every reading.
    private static func checkAddress(_ text: String) {
        guard ReturnAddress.isAllowed(text, by: listed) else { return }
        let rest = text.dropFirst("https://app.test".count)
        insist(text.lowercased().hasPrefix("https://app.test/integrations"), "elsewhere: \(text)")
        let path = rest.prefix { !"?#".contains($0) }
        insist(path == "/integrations" || path.hasPrefix("/integrations/"), "beside it: \(text)")
        let above = ["..", "%2e.", ".%2e", "%2e%2e"]
        let segments = path.lowercased().split(separator: "/").map(String.init)
        insist(!segments.contains(where: above.contains), "above it: \(text)")
        insist(!path.contains("\\"), "another separator: \(text)")
        insist(text.utf8.allSatisfy { (33...126).contains($0) }, "not printable: \(text)")
    }

    /// Nobody makes a sealed value without the key.
    private static func checkSealed(_ text: String) {
        do throws(Problem) {
            _ = try vault.open(text, context: "fuzz")
            broken("opened \(text)")
        } catch {
            insist(["B2607", "B2608", "B2609"].contains(error.code), "refused as \(error)")
        }
    }
}
