import Crypto
import Model

/// Seals secrets for the store: what is written there can be read, and changed, only with a key.
///
/// A sealed value is `v1.<key id>.<base 64 of nonce, ciphertext and tag>`. It opens only in the
/// context that it was sealed for, so that it cannot be moved to another record.
package struct Vault: Sendable {
    private static let version = "v1"
    /// The most bytes that are sealed at once.
    package static let sizeLimit = 1 << 20

    private let held: HeldRing
    private let random: any RandomSource

    private var ring: KeyRing { held.ring }

    /// - Parameter source: where the ring comes from, to read it again when keys are added.
    package init(ring: KeyRing, random: any RandomSource, source: KeySource? = nil) {
        held = HeldRing(ring, source: source)
        self.random = random
    }

    /// A vault for a store that forgets: its one key ends with it.
    package static func forgetful(random: any RandomSource) throws(Problem) -> Vault {
        Vault(ring: try KeyRing(random: random), random: random)
    }

    /// - Parameter context: what the value belongs to: kind and id of the record, name of the field.
    /// - Throws: `too_large` B2610 beyond ``sizeLimit``.
    package func seal(_ bytes: [UInt8], context: String) throws(Problem) -> String {
        guard bytes.count <= Self.sizeLimit else {
            throw Problem(
                .tooLarge,
                detail: "a secret of \(bytes.count) bytes; the limit is \(Self.sizeLimit)",
                code: "B2610",
            )
        }
        let entry = ring.newest
        do throws(AuthenticatedCipher.Refused) {
            let sealed = try AuthenticatedCipher.seal(
                bytes,
                key: entry.key,
                nonce: random.bytes(AuthenticatedCipher.nonceSize),
                authenticating: Self.associated(entry.id, context),
            )
            return "\(Self.version).\(entry.id).\(Base64.urlEncoded(sealed))"
        } catch {
            throw Problem(.runtime, detail: "a secret could not be sealed", code: "B2609")
        }
    }

    /// The bytes; wipe them (``AuthenticatedCipher/wipe(_:)``) when they have been used.
    ///
    /// - Throws: `runtime` B2607 for text that is no sealed value, `configuration` B2608 for a key
    ///   that is not in the ring, `runtime` B2609 when text, context or key are not those of the
    ///   sealing.
    package func open(_ text: String, context: String) throws(Problem) -> [UInt8] {
        let (id, sealed) = try Self.parts(text)
        guard let key = ring.key(id) ?? held.keyAddedSince(id, random) else {
            throw KeyRing.problem(
                "B2608",
                "a secret is sealed with the key \(id), which the key ring does not hold",
            )
        }
        do throws(AuthenticatedCipher.Refused) {
            return try AuthenticatedCipher.open(
                sealed,
                key: key,
                authenticating: Self.associated(id, context),
            )
        } catch {
            throw Problem(
                .runtime,
                detail: "a secret sealed with the key \(id) does not open: it was changed or moved,"
                    + " or the key is another one",
                code: "B2609",
            )
        }
    }

    /// The ids of the keys, oldest first.
    package var keyIDs: [String] { ring.ids }

    /// The id of the key that sealed it; nil for text that is no sealed value.
    package static func keyID(of text: String) -> String? {
        do throws(Problem) { return try parts(text).id } catch { return nil }
    }

    /// Reads the ring again, with the keys that were added to it; with `addingKey` adds one first,
    /// which seals from now on.
    ///
    /// - Throws: B2838 when the ring has no file, and what ``KeyFile`` says.
    package func reload(addingKey: Bool) throws(Problem) {
        try held.reload(addingKey: addingKey, random: random)
    }

    /// Whether an older key than the newest sealed it. False for text that is no sealed value.
    package func needsResealing(_ text: String) -> Bool {
        do throws(Problem) {
            return try Self.parts(text).id != ring.newest.id
        } catch {
            return false
        }
    }

    /// The same secret under the newest key.
    package func reseal(_ text: String, context: String) throws(Problem) -> String {
        var bytes = try open(text, context: context)
        defer { AuthenticatedCipher.wipe(&bytes) }
        return try seal(bytes, context: context)
    }

    /// Keys for another purpose than sealing (HKDF of RFC 5869): one of each in the ring, that of
    /// the newest first.
    package func derivedKeys(for purpose: String) -> [[UInt8]] {
        ring.newestFirst.map { entry in
            HKDF<SHA256>.deriveKey(
                inputKeyMaterial: entry.key,
                info: Array("backstop \(purpose)".utf8),
                outputByteCount: AuthenticatedCipher.keySize,
            ).withUnsafeBytes { Array($0) }
        }
    }

    private static func associated(_ id: String, _ context: String) -> [UInt8] {
        Array("\(version).\(id).\(context)".utf8)
    }

    private static func parts(_ text: String) throws(Problem) -> (id: String, sealed: [UInt8]) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.elementsEqual(version.utf8),
            KeyRing.isID(parts[1].utf8), !parts[2].contains(where: { "=+/".contains($0) }),
            let sealed = Base64.decoded(String(parts[2])),
            sealed.count >= AuthenticatedCipher.nonceSize + AuthenticatedCipher.tagSize
        else {
            throw Problem(
                .runtime,
                detail: "what is stored as a sealed secret is none",
                code: "B2607",
            )
        }
        return (String(parts[1]), sealed)
    }
}
