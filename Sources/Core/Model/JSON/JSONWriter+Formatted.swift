extension JSONWriter {
    /// With an indent each member stands on its own line, two spaces deeper; sorted by UTF-8 bytes
    /// of the keys when asked.
    static func writeFormatted(
        _ value: JSONValue,
        into buffer: inout [UInt8],
        _ indent: Int?,
        sorted: Bool,
    ) {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            buffer.append(UInt8(ascii: "["))
            for (position, element) in elements.enumerated() {
                separate(position, indent, &buffer)
                writeFormatted(element, into: &buffer, indent.map { $0 + 2 }, sorted: sorted)
            }
            newLine(indent, &buffer)
            buffer.append(UInt8(ascii: "]"))
        case .object(let object) where !object.isEmpty:
            buffer.append(UInt8(ascii: "{"))
            let entries =
                sorted
                ? object.entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                : object.entries
            for (position, entry) in entries.enumerated() {
                separate(position, indent, &buffer)
                write(entry.key, into: &buffer)
                buffer.append(UInt8(ascii: ":"))
                if indent != nil { buffer.append(32) }
                writeFormatted(entry.value, into: &buffer, indent.map { $0 + 2 }, sorted: sorted)
            }
            newLine(indent, &buffer)
            buffer.append(UInt8(ascii: "}"))
        default:
            write(value, into: &buffer)
        }
    }

    private static func separate(_ position: Int, _ indent: Int?, _ buffer: inout [UInt8]) {
        if position > 0 { buffer.append(UInt8(ascii: ",")) }
        newLine(indent.map { $0 + 2 }, &buffer)
    }

    private static func newLine(_ indent: Int?, _ buffer: inout [UInt8]) {
        guard let indent else { return }
        buffer.append(10)
        buffer.append(contentsOf: repeatElement(32, count: indent))
    }
}
