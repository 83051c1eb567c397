import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Standard output and error, and what they can show.
package struct Terminal: Sendable {
    /// Colours and a live view: standard output is a terminal, and neither `NO_COLOR` nor a dumb
    /// terminal says otherwise (no-color.org).
    package let isLive: Bool

    package init() {
        let term = getenv("TERM").map { String(cString: $0) } ?? ""
        isLive = isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && term != "dumb"
    }

    /// Somebody can be asked: standard input and output are a terminal.
    package var isAsking: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

    package init(isLive: Bool) {
        self.isLive = isLive
    }

    package func out(_ text: String) { Self.write(text + "\n", to: STDOUT_FILENO) }
    package func raw(_ text: String) { Self.write(text, to: STDOUT_FILENO) }
    package func error(_ text: String) { Self.write(text + "\n", to: STDERR_FILENO) }

    package func styled(_ text: String, _ style: Style) -> String {
        isLive ? "\u{1b}[\(style.rawValue)m\(text)\u{1b}[0m" : text
    }

    package enum Style: String, Sendable {
        case bold = "1"
        case dim = "2"
        case red = "31"
        case green = "32"
        case yellow = "33"
        case blue = "34"
        case cyan = "36"
    }

    private static let lock = Mutex(())

    /// The whole text, whatever the pipe takes at a time.
    private static func write(_ text: String, to descriptor: Int32) {
        lock.withLock { _ in
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { buffer in
                    #if canImport(Glibc)
                    Glibc.write(descriptor, buffer.baseAddress, buffer.count)
                    #else
                    Darwin.write(descriptor, buffer.baseAddress, buffer.count)
                    #endif
                }
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                bytes = bytes.dropFirst(count)
            }
        }
    }
}
