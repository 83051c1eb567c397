extension HomePage {
    /// Every route and every way to fail, as lines to paste into a terminal.
    static func sections(_ base: String) -> [Section] {
        let crm = "-H 'Authorization: Bearer sandbox-token-crm'"
        let erp = "-H 'X-API-Key: sandbox-token-erp'"
        let partner = "-H 'Authorization: Bearer sandbox-token-partner'"
        let channel = "-H 'Authorization: Bearer sandbox-token-channel'"
        return [
            Section(
                title: "CRM",
                text:
                    "Accounts 001 to 003; contacts are upserted by email; leads are read by cursor.",
                lines: [
                    "curl \(crm) \(base)/crm/objects/Account/001",
                    "curl \(crm) \(base)/crm/contacts -d '{\"email\":\"ada@example.com\"}'",
                    "curl \(crm) '\(base)/crm/leads?since=0&limit=50'",
                    "curl \(crm) \(base)/crm/leads -d '{\"Email\":\"new@example.com\"}'",
                ],
            ),
            Section(
                title: "ERP",
                text:
                    "Honours Idempotency-Key; GET counts duplicates by reference. No token to look.",
                lines: [
                    "curl \(erp) -H 'Idempotency-Key: 1' \(base)/erp/orders "
                        + "-d '{\"sku\":\"A-1\",\"quantity\":2,\"reference\":\"R-1\"}'",
                    "curl \(base)/erp/orders",
                    "curl \(base)/erp/orders/SO-1",
                ],
            ),
            Section(
                title: "The partner's status endpoint",
                text: "Shows what was reported for a request. No token to look.",
                lines: [
                    "curl \(partner) \(base)/partner/status "
                        + "-d '{\"request\":\"req-1\",\"status\":\"success\"}'",
                    "curl \(base)/partner/status/req-1",
                ],
            ),
            Section(
                title: "A message channel, and an echo",
                text: "",
                lines: [
                    "curl \(channel) \(base)/channel/support/messages -d '{\"text\":\"hello\"}'",
                    "curl \(base)/channel/support/messages",
                    "curl '\(base)/echo/anything?a=1' -d '{\"b\":2}'",
                ],
            ),
        ] + failing(base, crm)
    }

    private static func failing(_ base: String, _ crm: String) -> [Section] {
        let width = 12
        let spellings = Fault.spellings.map { spelling, meaning in
            spelling + String(repeating: " ", count: width - spelling.count) + meaning
        }
        return [
            Section(title: "Faults", text: "Each has a spelling.", lines: spellings),
            Section(
                title: "Fail one request",
                text: "By header, or by an id in the path or at the top of the body: fail-FAULT "
                    + "always, fail-2x-FAULT the first two times.",
                lines: [
                    "curl -i \(crm) -H 'X-Sandbox-Fail: 429;retry-after=2' "
                        + "\(base)/crm/objects/Account/001",
                    "curl -i \(crm) \(base)/crm/objects/Account/fail-2x-500",
                ],
            ),
            Section(
                title: "Fail the next answers of a service",
                text: "",
                lines: [
                    "curl \(base)/_sandbox/faults "
                        + "-d '{\"service\":\"erp\",\"fault\":\"429\",\"times\":2,\"retry_after\":1}'",
                    "curl \(base)/_sandbox/faults",
                    "curl -X DELETE \(base)/_sandbox/faults",
                ],
            ),
            Section(
                title: "Let a token expire, and come back",
                text: "The token sandbox-token-expired is always expired.",
                lines: [
                    "curl \(base)/_sandbox/tokens -d '{\"service\":\"crm\",\"state\":\"expired\"}'",
                    "curl \(base)/_sandbox/tokens -d '{\"service\":\"crm\",\"state\":\"valid\"}'",
                ],
            ),
            Section(
                title: "Look, and start over",
                text: "The journal holds the last 1000 requests.",
                lines: [
                    "curl '\(base)/_sandbox/requests?service=erp&limit=20'",
                    "curl -X POST \(base)/_sandbox/reset",
                ],
            ),
        ]
    }
}
