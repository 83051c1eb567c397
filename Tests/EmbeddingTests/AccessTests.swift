import Embedding
import Model
import Testing

@Suite struct AccessTests {
    private static let mine = ObjectID(.endUser, rawValue: 1)
    private static let theirs = ObjectID(.endUser, rawValue: 2)

    private static func key(_ role: Role) -> Actor {
        .key(
            APIKey(
                id: ObjectID(.apiKey, rawValue: 5),
                name: "backend",
                role: role,
                hash: "h",
                createdAt: LeadSync.start,
            )
        )
    }

    /// Each permission with the roles that have it, first letters: admin, builder, support, client.
    @Test(arguments: [
        (Permission.readProject, "absc"), (.deployProject, "ab"), (.readEndUsers, "abs"),
        (.manageEndUsers, "a"), (.readInstances, "absc"), (.manageInstances, "abc"),
        (.configureInstances, "abc"), (.switchInstances, "absc"), (.upgradeInstances, "ab"),
        (.readAuthentications, "absc"), (.manageAuthentications, "ac"), (.connect, "asc"),
        (.issueConnectLinks, "as"), (.readExecutions, "absc"), (.readPayloads, "ab"),
        (.startWorkflows, "ab"), (.controlExecutions, "absc"), (.readFailures, "absc"),
        (.readAudit, "as"), (.manageKeys, "a"),
    ])
    func `who may do what`(permission: Permission, roles: String) {
        let having = Role.allCases.filter { $0.permissions.contains(permission) }
        #expect(having.compactMap(\.rawValue.first).map(String.init).joined() == roles)
    }

    @Test func `a connect link is good for connecting alone`() {
        let link = Actor.connectLink("lnk", for: Self.mine)
        for permission in Permission.allCases {
            #expect((Access.check(link, permission) == nil) == (permission == .connect))
        }
        #expect(Access.check(link, .connect, owner: Self.theirs)?.code == "B2518")
    }

    @Test func `a client reaches its own objects, and nothing of others or of the account`() {
        let client = Actor.endUser(Self.mine)
        #expect(client.scope == .own(Self.mine))
        #expect(Access.check(client, .readInstances, owner: Self.mine) == nil)
        #expect(Access.check(client, .readInstances, owner: Self.theirs) == Access.absent)
        #expect(Access.check(client, .readInstances, owner: nil) == Access.absent)
        #expect(client.reader == .client)
    }

    @Test(arguments: [Role.admin, .builder, .support])
    func `the partner's people reach all`(role: Role) {
        let actor = Self.key(role)
        #expect(Access.check(actor, .readInstances, owner: Self.theirs) == nil)
        #expect(Access.check(actor, .readInstances, owner: nil) == nil)
        #expect(actor.reader == .partner)
    }

    @Test func `a key with the role of a client reaches nothing`() {
        let key = Self.key(.client)
        #expect(key.scope == .nothing)
        #expect(Access.check(key, .readInstances, owner: Self.mine) == Access.absent)
        #expect(Access.check(key, .readInstances, owner: nil) == Access.absent)
    }

    @Test func `the answer to what is not permitted does not depend on the object`() {
        let client = Actor.endUser(Self.mine)
        let own = Access.check(client, .readAudit, owner: Self.mine)
        #expect(own?.code == "B2517")
        #expect(own == Access.check(client, .readAudit, owner: Self.theirs))
    }

    @Test func `a revoked key is good until its time`() {
        var key = APIKey(
            id: ObjectID(.apiKey, rawValue: 5),
            name: "",
            role: .admin,
            hash: "",
            createdAt: LeadSync.start,
        )
        #expect(key.isValid(at: LeadSync.later))
        key.revokedAt = LeadSync.later
        #expect(key.isValid(at: LeadSync.start))
        #expect(!key.isValid(at: LeadSync.later))
    }
}
