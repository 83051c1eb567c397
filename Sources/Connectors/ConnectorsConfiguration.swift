/// What the built-in connectors need to know of a deployment.
package struct ConnectorsConfiguration: Sendable {
    /// Hosts, addresses and CIDR blocks that requests may reach although they are not public.
    package var allowedHosts: [String]
    /// Connections to one host and address at a time; further requests wait.
    package var connectionsPerHost: Int
    /// Clients kept while nobody uses them; one for each host, address and pair of timeouts.
    package var idleClients: Int

    package init(
        allowedHosts: [String] = [],
        connectionsPerHost: Int = 64,
        idleClients: Int = 256,
    ) {
        self.allowedHosts = allowedHosts
        self.connectionsPerHost = max(1, connectionsPerHost)
        self.idleClients = max(1, idleClients)
    }
}
