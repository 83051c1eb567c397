import GRDB
import StorePort

/// The numbers of workflows, instances and their combinations (origins), made when first seen.
///
/// Remembers up to 65,536 of each kind, then starts anew.
struct NameTable {
    struct Origin {
        var id: Int64
        var workflow: Int64
        var instance: Int64
    }

    private struct OriginKey: Hashable {
        var workflow: ExactText
        var solution: ExactText?
        var instance: ExactText
        var digest: ExactText
    }

    private static let rememberedMax = 65_536

    private var origins: [OriginKey: Origin] = [:]
    private var instanceNames: [Int64: String] = [:]

    private let findWorkflow: Prepared
    private let addWorkflow: Prepared
    private let findInstance: Prepared
    private let addInstance: Prepared
    private let findOrigin: Prepared
    private let addOrigin: Prepared
    private let findName: Prepared

    init(_ database: Database) throws {
        func prepare(_ sql: String) throws -> Prepared { try Prepared(sql, on: database) }
        findWorkflow = try prepare("SELECT id FROM workflows WHERE name = ? AND solution IS ?")
        addWorkflow = try prepare(
            "INSERT INTO workflows (name, solution) VALUES (?, ?) RETURNING id"
        )
        findInstance = try prepare("SELECT id FROM instances WHERE name = ?")
        addInstance = try prepare("INSERT INTO instances (name) VALUES (?) RETURNING id")
        findOrigin = try prepare(
            "SELECT id FROM origins WHERE workflow = ? AND instance = ? AND digest = ?"
        )
        addOrigin = try prepare(
            "INSERT INTO origins (workflow, instance, digest) VALUES (?, ?, ?) RETURNING id"
        )
        findName = try prepare("SELECT name FROM instances WHERE id = ?")
    }

    /// After a transaction was rolled back: numbers given in it are void.
    mutating func forget() {
        origins = [:]
        instanceNames = [:]
    }

    mutating func origin(of new: NewExecution) throws -> Origin {
        let key = OriginKey(
            workflow: ExactText(new.workflow),
            solution: new.solution.map(ExactText.init),
            instance: ExactText(new.instance),
            digest: ExactText(new.digest),
        )
        if let known = origins[key] { return known }
        let workflow = try number(
            find: findWorkflow,
            add: addWorkflow,
            [.text(new.workflow), .optional(new.solution)],
        )
        let instance = try number(find: findInstance, add: addInstance, [.text(new.instance)])
        let id = try number(
            find: findOrigin,
            add: addOrigin,
            [.int(workflow), .int(instance), .text(new.digest)],
        )
        if origins.count >= Self.rememberedMax { origins = [:] }
        let origin = Origin(id: id, workflow: workflow, instance: instance)
        origins[key] = origin
        return origin
    }

    mutating func instanceName(_ id: Int64) throws -> String {
        if let known = instanceNames[id] { return known }
        guard let name = try findName.first(.int(id), read: { $0.text(0) }) else {
            throw StoreError.corrupt("there is no instance \(id)")
        }
        if instanceNames.count >= Self.rememberedMax { instanceNames = [:] }
        instanceNames[id] = name
        return name
    }

    private func number(
        find: Prepared,
        add: Prepared,
        _ values: [SQLValue],
    ) throws -> Int64 {
        if let found = try find.all(values, read: { $0.int(0) }).first { return found }
        guard let made = try add.all(values, read: { $0.int(0) }).first else {
            throw StoreError.corrupt("a new row got no number")
        }
        return made
    }
}
