import Model
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Tells when the YAML files of a folder have changed and come to rest. It looks, as a notice of
/// the kernel does not come over every kind of mount.
package struct FolderWatch: Service {
    let folder: String
    let every: TimeSpan
    let clock: any EngineClock
    let onChange: @Sendable () async -> Void

    /// - Parameter onChange: called once at the start, too: the folder may have changed since it was
    ///   read.
    package init(
        folder: String,
        every: TimeSpan = TimeSpan(milliseconds: 400),
        clock: any EngineClock = SystemClock(),
        onChange: @escaping @Sendable () async -> Void,
    ) {
        self.folder = folder
        self.every = every
        self.clock = clock
        self.onChange = onChange
    }

    /// Runs until graceful shutdown.
    package func run() async {
        await cancelWhenGracefulShutdown {
            var rest = Rest(Self.stamps(folder))
            while true {
                do { try await clock.sleep(until: clock.now() + every) } catch { return }
                if rest.isNews(Self.stamps(folder)) { await onChange() }
            }
        }
    }

    /// What was seen of a folder, and what was told of it.
    struct Rest {
        private var before: [String: Stamp]
        private var told: [String: Stamp]?

        init(_ first: [String: Stamp]) { before = first }

        /// Two looks alike: whoever writes several files is done. What was told is no news.
        mutating func isNews(_ now: [String: Stamp]) -> Bool {
            defer { before = now }
            guard now == before, now != told else { return false }
            told = now
            return true
        }
    }

    struct Stamp: Sendable, Hashable {
        var seconds: Int
        var nanoseconds: Int
        var size: Int64
        var inode: UInt64
    }

    /// Of every file that a project has, by path.
    static func stamps(_ folder: String) -> [String: Stamp] {
        var stamps: [String: Stamp] = [:]
        for name in ProjectFolder.names(in: folder) ?? [] {
            var facts = stat()
            guard stat("\(folder)/\(name)", &facts) == 0 else { continue }
            #if canImport(Glibc)
            let time = facts.st_mtim
            #else
            let time = facts.st_mtimespec
            #endif
            stamps[name] = Stamp(
                seconds: time.tv_sec,
                nanoseconds: time.tv_nsec,
                size: Int64(facts.st_size),
                inode: UInt64(facts.st_ino),
            )
        }
        return stamps
    }
}
