import ConnectorKit
import Model

/// The one way by which inputs, journal entries, results and stored values are written: what is
/// secret in them is replaced, and kept sealed beside it for the execution itself
/// (docs/decisions/0005-secrets-pass-sealed.md).
struct DocumentDoor: Sendable {
    let vault: Vault
    /// Hears that something could not be sealed; what it withheld is lost with the process.
    let report: @Sendable (Problem) -> Void

    /// The bytes to write.
    ///
    /// - Parameter context: what the document is; it opens as this alone.
    func bytes(_ value: JSONValue, _ known: KnownSecrets, context: String) -> [UInt8] {
        guard let (shown, withheld) = known.withhold(value) else { return JSONWriter.bytes(value) }
        var document = PartialDocument(value: shown)
        do throws(Problem) {
            document.sealed = try vault.seal(JSONWriter.bytes(withheld.json), context: context)
        } catch {
            report(error)
        }
        return JSONWriter.bytes(document.json)
    }

    /// The value as it was, secrets that had to pass included; they are known from now on.
    ///
    /// - Throws: `configuration` B2608 without the key, `runtime` B2609 when it was changed or moved.
    func open(
        _ json: JSONValue,
        _ known: KnownSecrets?,
        context: String,
    ) throws(Problem) -> JSONValue {
        let document = PartialDocument(json)
        guard let sealed = document.sealed else { return json }
        let bytes: [UInt8]
        do throws(Problem) { bytes = try vault.open(sealed, context: context) } catch {
            // No sealed value at all: somebody's own document that looks like one.
            if error.code == "B2607" { return json }
            throw error
        }
        guard
            case .success(let parts) = bytes.withUnsafeBufferPointer({
                JSONParser.parse(buffer: $0, limits: JSONLimits(depth: 1024, size: .max))
            }), let withheld = JSONDifference(json: parts)
        else {
            throw Problem(.runtime, detail: "what was withheld cannot be read", code: "B3210")
        }
        known?.learn(withheld)
        return withheld.restored(document.value)
    }
}

extension Engine {
    var door: DocumentDoor {
        DocumentDoor(vault: vault) { [logger] problem in
            logger.critical("withheld values cannot be sealed: \(problem.detail ?? problem.title)")
        }
    }
}
