import Definitions
import Model

/// One connection on a connect page: a slot of an instance, or a service alone.
package struct ConnectItem: Sendable, Hashable {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case missing, connected, expired, broken
    }

    package var instance: ObjectID?
    /// The solution's title, to tell instances apart.
    package var title: String?
    package var slot: String?
    package var service: String
    /// What is in the slot now, when it can be renewed in its place.
    package var authentication: ObjectID?
    package var state: State

    package init(
        instance: ObjectID? = nil,
        title: String? = nil,
        slot: String? = nil,
        service: String,
        authentication: ObjectID? = nil,
        state: State,
    ) {
        self.instance = instance
        self.title = title
        self.slot = slot
        self.service = service
        self.authentication = authentication
        self.state = state
    }

    /// Names it on its page.
    package var key: String {
        guard let instance, let slot else { return service }
        return "\(instance):\(slot)"
    }

    /// What a link is for, in the order of the instances and of their slots.
    ///
    /// - Parameters:
    ///   - instances: the end user's, with the versions that they are pinned to.
    ///   - authentications: the end user's own, or the shared ones of the account's link.
    package static func items(
        of link: ConnectLink,
        _ instances: [(instance: Instance, version: SolutionVersion)],
        _ authentications: [AuthenticationRecord],
    ) -> [ConnectItem] {
        let purpose = link.purpose
        if let service = purpose.service, purpose.instance == nil {
            let known = authentications.first {
                // A shared one is renewed in its place; an end user may have several.
                $0.id == link.authentication
                    || purpose.endUser == nil && $0.name == purpose.name && $0.service == service
            }
            return [
                ConnectItem(
                    service: service,
                    authentication: known?.id,
                    state: known.map(State.init) ?? .missing,
                )
            ]
        }
        var items: [ConnectItem] = []
        for (instance, version) in instances
        where instance.state != .deleted && purpose.instance.map({ $0 == instance.id }) ?? true {
            for slot in version.authSlots where slot.isVisible(to: .client) {
                guard purpose.slot.map({ $0 == slot.name }) ?? true,
                    purpose.service.map({ $0 == slot.service }) ?? true
                else { continue }
                items.append(item(instance, version, slot, authentications))
            }
        }
        return items
    }

    private static func item(
        _ instance: Instance,
        _ version: SolutionVersion,
        _ slot: AuthSlot,
        _ authentications: [AuthenticationRecord],
    ) -> ConnectItem {
        let known = authentications.first {
            $0.id == instance.auth[slot.name] && $0.owner == instance.endUser
                && $0.service == slot.service
        }
        return ConnectItem(
            instance: instance.id,
            title: version.title ?? version.solution,
            slot: slot.name,
            service: slot.service,
            authentication: known?.id,
            state: known.map(State.init) ?? .missing,
        )
    }
}

extension ConnectItem.State {
    package init(_ record: AuthenticationRecord) {
        switch record.state {
        case .healthy: self = .connected
        case .expired: self = .expired
        case .broken: self = .broken
        }
    }
}
