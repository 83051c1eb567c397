/// What happened to an instance: what a life-cycle trigger hears.
package enum LifecycleEvent: String, Sendable, Hashable, CaseIterable {
    case created, enabled, updated, upgraded, disabled, deleted
}
