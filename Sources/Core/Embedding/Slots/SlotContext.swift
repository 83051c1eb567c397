import Definitions
import Model

/// What else decides whether the slots of an instance are filled.
package struct SlotContext: Sendable {
    /// Account-wide values (`config` of backstop.yaml).
    package var accountConfig: JSONObject
    /// The names of the account's own authentications (`authentications` of backstop.yaml).
    package var accountAuthentications: Set<String>
    /// The opened values of the instance's secret slots, as far as they are known. One that is
    /// set and not opened is taken as valid.
    package var opened: JSONObject
    /// Every stored authentication that may be meant: the end user's and the shared ones.
    package var authentications: [AuthenticationRecord]

    package init(
        accountConfig: JSONObject = JSONObject(),
        accountAuthentications: Set<String> = [],
        opened: JSONObject = JSONObject(),
        authentications: [AuthenticationRecord] = [],
    ) {
        self.accountConfig = accountConfig
        self.accountAuthentications = accountAuthentications
        self.opened = opened
        self.authentications = authentications
    }

    /// What stands in a slot.
    enum Filling {
        case value(JSONValue)
        /// A secret that nobody opened.
        case closed
        case nothing
    }

    /// The instance's value, else the account's, else the default. A null is no value.
    func filling(of slot: ConfigSlot, in instance: Instance) -> Filling {
        if slot.isSecret {
            if let value = opened[slot.name], !value.isNull, instance.secrets[slot.name] != nil {
                return .value(value)
            }
            if instance.secrets[slot.name] != nil { return .closed }
        }
        for value in [instance.config[slot.name], accountConfig[slot.name], slot.defaultValue] {
            if let value, !value.isNull { return .value(value) }
        }
        return .nothing
    }

    func authentication(_ id: ObjectID) -> AuthenticationRecord? {
        authentications.first { $0.id == id }
    }

    /// The stored shared authentication that fills a shared slot of this name by itself.
    func sharedAuthentication(for slot: AuthSlot) -> AuthenticationRecord? {
        authentications.first {
            $0.isShared && $0.name == slot.name && $0.service == slot.service
        }
    }
}
