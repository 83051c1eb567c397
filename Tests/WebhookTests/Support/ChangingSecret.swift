import Definitions
import Engine
import Model
import Synchronization

/// The same value for every reference, until the test sets another.
final class ChangingSecret: SecretSource {
    private let state: Mutex<String>

    init(_ value: String) { state = Mutex(value) }

    var value: String {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func secret(_ reference: SecretReference) throws(Problem) -> String { value }
}
