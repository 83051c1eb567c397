/// The bounds of every request; docs/reference/connectors-builtin.md states them.
enum HTTPLimits {
    static let responseDefault = 4 << 20
    static let responseMax = 64 << 20
    static let requestMax = 64 << 20
    static let redirectsMax = 20
    static let authorityMax = 65_536
    static let addressesTried = 4
    static let clients = 256
    static let queryPairs = 1000
}
