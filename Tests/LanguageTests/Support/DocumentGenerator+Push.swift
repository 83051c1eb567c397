import Model

extension DocumentGenerator {
    mutating func push() -> JSONValue {
        let operation: (String, Part) = ("operation", { $0.name() })
        let id: (String, Part) = ("id", { $0.word(".id", "$subscription.key") })
        let with: (String, Part) = (
            "with", { $0.object([("to", { $0.word("${ $subscription.url }") })]) },
        )
        let end: (String, Part) = ("expires_at", { $0.word(".expires_at", "null") })
        let secret: (String, Part) = ("secret", { $0.word(".secret") })
        return object(
            [("verify", { $0.pushVerify() }), ("key", { $0.word("$item.id") })],
            [
                ("subscribe", { $0.object([operation, id], [with, end, secret]) }),
                ("find", { $0.object([operation, id], [with, end]) }),
                ("renew", { $0.object([operation], [with, end]) }),
                ("unsubscribe", { $0.object([operation], [with]) }),
                (
                    "handshake",
                    {
                        $0.object(
                            [
                                ("when", { $0.word("$request.body.challenge != null") }),
                                ("body", { $0.word("${ $request.body.challenge }") }),
                            ],
                            [("signed", { $0.random.pick([true, false]) })],
                        )
                    },
                ),
                ("filter", { $0.word("$request.headers.type == \"a\"") }),
                ("items", { $0.word("$request.body.events") }),
                ("value", { $0.word("$item.data") }),
            ],
        )
    }

    private mutating func pushVerify() -> JSONValue {
        let secret: (String, Part) = (
            "secret", { $0.random.once(in: 2) ? "subscription" : $0.secret() },
        )
        return verification(secret)
    }
}
