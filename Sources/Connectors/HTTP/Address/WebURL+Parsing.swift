extension WebURL {
    /// Why a text is not accepted as a URL.
    struct Mistake: Error, Hashable {
        var message: String

        init(_ message: String) { self.message = message }
    }

    /// Reads an absolute URL; a fragment is dropped, dot segments are resolved.
    init(_ text: String) throws(Mistake) {
        try Self.checkCharacters(text)
        guard let colon = text.firstIndex(of: ":") else {
            throw Mistake("it has no scheme; write http:// or https://")
        }
        guard let scheme = Scheme(rawValue: text[..<colon].lowercased()) else {
            throw Mistake("only http and https are allowed")
        }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//") else { throw Mistake("after the scheme must come //") }
        let afterSlashes = rest.dropFirst(2)
        let end = afterSlashes.firstIndex { "/?#".contains($0) } ?? afterSlashes.endIndex
        let (host, port) = try Self.authority(afterSlashes[..<end])
        let (path, query) = Self.pathAndQuery(afterSlashes[end...])
        self.init(
            scheme: scheme,
            host: host,
            port: port ?? (scheme == .https ? 443 : 80),
            path: Self.withoutDots(path),
            query: query,
        )
    }

    /// Resolves the reference of a `Location` header (RFC 3986, section 5).
    func resolving(_ reference: String) throws(Mistake) -> WebURL {
        try Self.checkCharacters(reference)
        let head = reference.prefix { !"/?#".contains($0) }
        if head.contains(":") { return try WebURL(reference) }
        if reference.hasPrefix("//") { return try WebURL("\(scheme.rawValue):\(reference)") }
        var result = self
        let (path, query) = Self.pathAndQuery(reference[...])
        if reference.hasPrefix("/") {
            result.path = Self.withoutDots(path)
            result.query = query
        } else if reference.hasPrefix("?") {
            result.query = query
        } else if !reference.isEmpty, !reference.hasPrefix("#") {
            let folder = self.path[...(self.path.lastIndex(of: "/") ?? self.path.startIndex)]
            result.path = Self.withoutDots(folder + path.dropFirst())
            result.query = query
        }
        return result
    }

    private static func checkCharacters(_ text: String) throws(Mistake) {
        guard text.utf8.count <= longest else {
            throw Mistake("it is longer than \(longest) bytes")
        }
        for byte in text.utf8 {
            guard byte > 32 || byte == 32, byte != 127 else {
                throw Mistake("it holds a control character")
            }
            guard byte != UInt8(ascii: "\\") else { throw Mistake("it holds a backslash") }
        }
    }

    private static func authority(
        _ text: Substring
    ) throws(Mistake) -> (host: String, port: Int?) {
        guard !text.contains("@") else {
            throw Mistake("credentials do not belong into a URL; use an authentication")
        }
        guard !text.contains("%") else { throw Mistake("its host holds a % sign or a zone") }
        var name = text
        var digits: Substring?
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else {
                throw Mistake("its IPv6 address lacks ]")
            }
            name = text[text.index(after: text.startIndex)..<close]
            let after = text[text.index(after: close)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw Mistake("after ] only a port may come")
            }
            guard name.contains(":") else { throw Mistake("in brackets stands no IPv6 address") }
            digits = after.isEmpty ? nil : after.dropFirst()
        } else if let colon = text.firstIndex(of: ":") {
            name = text[..<colon]
            digits = text[text.index(after: colon)...]
            guard digits?.contains(":") == false else {
                throw Mistake("an IPv6 address must stand in brackets")
            }
        }
        guard let host = host(String(name)) else {
            throw Mistake(
                name.isEmpty
                    ? "it has no host"
                    : "its host is no name in ASCII and no address in the plain form 192.0.2.1"
            )
        }
        guard let digits, !digits.isEmpty else { return (host, nil) }
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ 48...57 ~= $0 }),
            let port = Int(digits), 1...65_535 ~= port
        else { throw Mistake("its port is no number from 1 to 65535") }
        return (host, port)
    }

    private static func pathAndQuery(_ text: Substring) -> (path: String, query: String?) {
        let text = text.prefix { $0 != "#" }
        let mark = text.firstIndex(of: "?")
        let path = text[..<(mark ?? text.endIndex)]
        let query = mark.map { PercentEncoding.lenient(text[text.index(after: $0)...]) }
        let encoded = PercentEncoding.lenient(path).replacing("?", with: "%3F")
        return (encoded.hasPrefix("/") ? encoded : "/" + encoded, query)
    }

    /// RFC 3986, section 5.2.4, also for `%2e`.
    static func withoutDots(_ path: some StringProtocol) -> String {
        var result: [Substring] = []
        let segments = String(path).split(separator: "/", omittingEmptySubsequences: false)
            .dropFirst()
        for (position, segment) in segments.enumerated() {
            let isLast = position == segments.count - 1
            switch segment.lowercased().replacing("%2e", with: ".") {
            case ".": if isLast { result.append("") }
            case "..":
                _ = result.popLast()
                if isLast { result.append("") }
            default: result.append(segment)
            }
        }
        return "/" + result.joined(separator: "/")
    }
}
