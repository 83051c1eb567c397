import Definitions
import Model

/// What became of an instance.
package struct InstanceChange: Sendable, Hashable {
    package var instance: Instance
    /// What a life-cycle trigger hears; nil when nothing changed.
    package var event: LifecycleEvent?

    package init(instance: Instance, event: LifecycleEvent?) {
        self.instance = instance
        self.event = event
    }
}
