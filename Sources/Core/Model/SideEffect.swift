/// What an operation does to the world.
public enum SideEffect: String, Sendable, Hashable, CaseIterable {
    case none, read, write, delete
}
