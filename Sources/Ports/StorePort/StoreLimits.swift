/// What one call may ask for; stores take a larger number for this one, and one below 1 for 1.
package enum StoreLimits {
    package static let claimMax = 64
    package static let listMax = 500
    package static let keysMax = 1_000

    package static func claim(_ limit: Int) -> Int { min(max(limit, 1), claimMax) }
    package static func list(_ limit: Int) -> Int { min(max(limit, 1), listMax) }
    package static func keys(_ limit: Int) -> Int { min(max(limit, 1), keysMax) }
}
