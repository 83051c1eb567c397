/// Triggers that a service sets off by sending.
extension Records {
    private static let pushSecret = Shape.either([.word(["subscription"]), .secret])
    private static let asked = Field(
        "operation",
        .name,
        required: true,
        "The operation that is asked.",
    )
    private static let with = Field("with", .template, "Its parameters; $subscription is known.")
    private static let expiresAt = Field(
        "expires_at",
        .expression,
        "When it ends, from the output; a text of RFC 3339 or seconds since 1970.",
    )

    static let push = Record(
        "The service sends what is new.",
        [
            Field("subscribe", .record("push_subscribe"), "Tells it the address."),
            Field("find", .record("push_find"), "Looks for the subscription of the address."),
            Field("renew", .record("push_renew"), "Before it ends."),
            Field("unsubscribe", .record("push_unsubscribe"), "When nothing is to start."),
            Field(
                "verify",
                .either([.word(["none"]), .record("push_verify")]),
                required: true,
                "How a request proves where it comes from.",
            ),
            Field("handshake", .record("handshake"), "How it makes sure of who listens."),
            Field("filter", .expression, "Whether a request has events; sees $request."),
            Field("items", .expression, "The events; default the body."),
            Field("key", .expression, required: true, "Sees $item; equal keys are one event."),
            Field("value", .expression, "What becomes $trigger; default the item."),
        ],
    )

    static let pushSubscribe = Record(
        "Makes a subscription.",
        [
            asked, with,
            Field("id", .expression, required: true, "The service's name for it."),
            expiresAt,
            Field("secret", .expression, "The secret that the service chose."),
        ],
    )

    static let pushFind = Record(
        "Looks for a subscription.",
        [
            asked, with,
            Field("id", .expression, required: true, "Null when there is none."),
            expiresAt,
        ],
    )

    static let pushRenew = Record("Renews a subscription.", [asked, with, expiresAt])

    static let pushUnsubscribe = Record("Ends a subscription.", [asked, with])

    static let pushVerify = Record(
        "How a request proves where it comes from.",
        oneOf: ["hmac_sha256", "standard_webhooks", "token"],
        [
            Field("hmac_sha256", .record("push_hmac"), "HMAC-SHA256 of the body in a header."),
            Field("standard_webhooks", .record("push_standard"), "Standard Webhooks 1.0."),
            Field("token", .record("push_token"), "A shared token."),
        ],
    )

    static let pushHMAC = hmac(pushSecret)
    static let pushStandard = standard(pushSecret)
    static let pushToken = token(pushSecret)

    static let handshake = Record(
        "The service makes sure of who listens.",
        [
            Field("when", .expression, required: true, "Whether it is one; sees $request."),
            Field("signed", .boolean, "Whether it is signed as all others; default true."),
            Field("body", .template, required: true, "The answer; sees $request."),
        ],
    )
}
