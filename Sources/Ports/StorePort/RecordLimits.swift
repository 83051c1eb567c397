/// What one record may hold, and one call ask for.
package enum RecordLimits {
    package static let changesMax = 1_000
    package static let documentBytesMax = 1 << 20
    package static let kindBytesMax = 32
    package static let idBytesMax = 64
    /// Of a unique value's or label's name: `[a-z0-9_]`.
    package static let nameBytesMax = 64
    /// Of a unique value or label.
    package static let valueBytesMax = 1_024
    /// Of a record, and as many labels.
    package static let uniqueMax = 16
    package static let listMax = 1_000
    package static let claimMax = 256

    // Lists and claims take a larger number for the most, and one below 1 for 1.
    package static func list(_ limit: Int) -> Int { min(max(limit, 1), listMax) }
    package static func claim(_ limit: Int) -> Int { min(max(limit, 1), claimMax) }

    /// Fails with `corrupt`, saying which change breaks which limit.
    package static func check(_ changes: [RecordChange]) throws(StoreError) {
        guard (1...changesMax).contains(changes.count) else {
            throw .corrupt("\(changes.count) changes at once: 1 to \(changesMax) are possible")
        }
        for (index, change) in changes.enumerated() {
            guard let mistake = mistake(in: change) else { continue }
            throw .corrupt("change \(index): \(mistake)")
        }
    }

    private static func mistake(in change: RecordChange) -> String? {
        let kind = change.kind.rawValue
        guard isWord(kind, max: kindBytesMax, where: { $0 == UInt8(ascii: "_") || isLower($0) })
        else {
            return "the kind \(shown(kind)) is not 1 to \(kindBytesMax) of a-z and _"
        }
        guard isID(change.id) else {
            return "the id \(shown(change.id)) is not 1 to \(idBytesMax) of A-Z a-z 0-9 _ : . -"
        }
        guard case .put(let put) = change else { return nil }
        guard put.owner.isEmpty || isID(put.owner) else {
            return "the owner \(shown(put.owner)) is not up to \(idBytesMax) of "
                + "A-Z a-z 0-9 _ : . -"
        }
        guard put.document.count <= documentBytesMax else {
            return "the document of \(put.id) has \(put.document.count) bytes, more than "
                + "\(documentBytesMax)"
        }
        return mistake(in: put.unique, "unique values") ?? mistake(in: put.labels, "labels")
    }

    private static func mistake(in values: [String: String], _ what: String) -> String? {
        guard values.count <= uniqueMax else {
            return "\(values.count) \(what), more than \(uniqueMax)"
        }
        for name in values.keys.sorted() {
            guard isWord(name, max: nameBytesMax, where: isNameByte) else {
                return "the name \(shown(name)) among the \(what) is not 1 to \(nameBytesMax) of "
                    + "a-z 0-9 _"
            }
            if let value = values[name], value.utf8.count > valueBytesMax {
                return "\(name) among the \(what) has \(value.utf8.count) bytes, more than "
                    + "\(valueBytesMax)"
            }
        }
        return nil
    }

    private static func isID(_ text: String) -> Bool {
        isWord(text, max: idBytesMax) { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ":"), UInt8(ascii: "."),
                UInt8(ascii: "-"):
                true
            default: isNameByte(byte)
            }
        }
    }

    private static func isLower(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLower(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWord(
        _ text: String,
        max: Int,
        where isAllowed: (UInt8) -> Bool,
    ) -> Bool {
        (1...max).contains(text.utf8.count) && text.utf8.allSatisfy(isAllowed)
    }

    /// The beginning of a text, quoted.
    private static func shown(_ text: String) -> String {
        let start = text.unicodeScalars.prefix(40).map { $0.escaped(asASCII: true) }.joined()
        return "'\(start)'"
    }
}
