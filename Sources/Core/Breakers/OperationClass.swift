import Model

/// What a breaker watches over: everything that goes through a connection, or one class of it.
///
/// A service that cannot be written to may still be read from: their breakers are apart. Refused
/// credentials are nobody's class; they open the one of everything.
package enum OperationClass: String, Sendable, Hashable, CaseIterable {
    case everything, read, write

    package init(_ sideEffect: SideEffect) {
        switch sideEffect {
        case .none, .read: self = .read
        case .write, .delete: self = .write
        }
    }

    /// The breakers that an operation of this class has to pass.
    package var gates: [OperationClass] { self == .everything ? [self] : [.everything, self] }
}
