import CommandLine
import Definitions
import Engine
import Model
import ServiceLifecycle
import Synchronization

/// `serve --watch`: a folder that changed is live at once, or its mistakes are shown and what runs
/// stays as it is.
final class FolderReload: Sendable {
    private let path: String
    private let projects: Projects
    /// The files as they were read last, by path.
    private let seen: Mutex<[String: String]>

    init(_ project: LoadedProject, projects: Projects) {
        path = project.path
        self.projects = projects
        seen = Mutex(project.sources)
    }

    var service: any Service {
        FolderWatch(folder: path) { [self] in await reload() }
    }

    private func reload() async {
        let terminal = Terminal()
        let host = Host()
        let loaded: LoadedProject
        do { loaded = try host.load(project: path) } catch {
            terminal.error("backstop: \(error); what runs stays as it is")
            return
        }
        let isNew = seen.withLock { seen in
            defer { seen = loaded.sources }
            return seen != loaded.sources
        }
        guard isNew else { return }
        if !loaded.findings.isEmpty {
            terminal.error(host.render(loaded.findings, in: loaded, colour: terminal.isLive))
        }
        guard let definition = loaded.definition else {
            terminal.error("backstop: \(loaded.errorCount) errors; what runs stays as it is")
            return
        }
        do throws(Problem) {
            try await projects.follow(definition)
            terminal.out("backstop: reloaded, \(definition.workflows.count) workflows")
        } catch {
            terminal.error(
                "backstop: \(error.detail ?? error.title); what runs stays as it is"
            )
        }
    }
}
