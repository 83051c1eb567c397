import Breakers
import Definitions
import Kernel
import Model
import StorePort
import Synchronization

/// Runs one execution: performs the machine's actions, journals what comes back, and only then
/// performs what follows from it.
///
/// One task runs ``run()``; everything else reaches it through the mailbox.
final class Runner: Sendable {
    let id: ExecutionID
    let workflow: DeployedWorkflow
    let instance: String
    let mailbox = Mailbox()
    /// What it knows to be secret.
    let known: KnownSecrets
    private let start: RunnerStart
    /// Set once, before anything runs.
    private let settingBox = Mutex<InstanceSetting?>(nil)
    private let engine: Engine

    init(
        id: ExecutionID,
        workflow: DeployedWorkflow,
        instance: String,
        start: RunnerStart,
        known: KnownSecrets,
        engine: Engine,
    ) {
        self.id = id
        self.workflow = workflow
        self.instance = instance
        self.start = start
        self.known = known
        self.engine = engine
    }

    /// The solution version that an instance's execution began on, and ends on.
    var version: String? { start.input.instance["version"]?.stringValue }

    var head: StoredExecution { start.head }
    var input: StartInput { start.input }

    /// The alerts that led to it.
    var alert: AlertContext? { start.input.alert }
    var depth: Int { start.input.depth }

    /// Whose idempotency keys its attempts carry.
    var keysOf: ExecutionID { start.input.keysOf ?? id }
    /// Of a replay: where children may be found that were made under the same keys.
    var replayOf: ExecutionID? { start.head.replayOf }

    /// What it holds while it waits for its turn.
    var inputBytes: Int { start.head.input.count }

    var lane: FairQueue<Admission>.Lane {
        FairQueue<Admission>.Lane(instance: instance, workflow: workflow.qualifiedName)
    }

    /// What it knows of its instance; nil for the account's own.
    var setting: InstanceSetting? { settingBox.withLock { $0 } }

    /// The words for its problems.
    func wording(config: JSONValue) -> Wording {
        var wording = engine.deployment.wording(of: workflow.definition.solution)
        wording.config = config
        if let setting {
            wording.solution = setting.texts
            if case .object(var values) = config {
                for name in setting.secrets.keys { values[name] = nil }
                wording.config = .object(values)
            }
        }
        return wording
    }

    func run() async {
        var start = start
        if !instance.isEmpty {
            do throws(Problem) {
                let setting = try await engine.directory.setting(instance)
                settingBox.withLock { $0 = setting }
                if let setting {
                    known.keep(setting.known)
                    start.input.config = setting.config(start.input.config)
                }
            } catch {
                start.refusal = start.refusal ?? error
            }
        }
        var run = RunningExecution(runner: self, start: start, engine: engine)
        await run.run()
        if run.isIdle { engine.idleEnded(self) } else { engine.runnerEnded(self) }
    }
}

/// From where a runner begins.
struct RunnerStart: Sendable {
    var head: StoredExecution
    var input: StartInput
    /// Empty for an execution that never began.
    var journal: [JournalEntry]
    /// True when the entries are a journal read back, so that work may have been in flight.
    var isRecovered: Bool
    /// Why it cannot go on at all.
    var refusal: Problem?
    /// What it waited for when it was given back.
    var parkings: [Parking] = []
}

/// What waits for its turn.
enum Admission: Sendable {
    case begin(Runner)
    /// A runner that had gone idle has something to do again.
    case resume(CheckedContinuation<Void, Never>)
}
