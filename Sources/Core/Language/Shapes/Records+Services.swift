extension Records {
    static let service = Record(
        "How end users connect to a service.",
        [
            Field("title", .string, "What end users call it."),
            Field("help", .string, "Where an end user finds what the form asks for."),
            Field(
                "kinds",
                .list(.word(["oauth2", "api_key", "bearer", "basic", "headers"])),
                "The ways to connect that are offered.",
            ),
            Field("header", .string, "api_key: the header, default X-API-Key."),
            Field("query", .string, "api_key: the query parameter instead."),
            Field("headers", .list(.string), "headers: the fields that the form asks for."),
            Field("oauth", .record("oauth"), "The partner's OAuth 2 client."),
        ],
    )

    static let oauth = Record(
        "The partner's OAuth 2 client at a service; secrets by reference only.",
        [
            Field(
                "grant",
                .word(["authorization_code", "client_credentials"]),
                "Who agrees; default authorization_code.",
            ),
            Field("client_id", .either([.string, .secret]), required: true, "Its id."),
            Field("client_secret", .secret, "Its secret; none for a public client."),
            Field("client_proof", .word(["basic", "body"]), "How it is sent; default basic."),
            Field("authorization_url", .webAddress, "Where the end user agrees."),
            Field("token_url", .webAddress, required: true, "Where tokens are given."),
            Field("issuer", .string, "Must be named by the answer (RFC 9207)."),
            Field("scopes", .list(.string), "What is asked for."),
            Field("authorization_parameters", .map(.string), "Added to the authorization URL."),
            Field("token_parameters", .map(.string), "Added to token requests."),
        ],
    )

    static let connect = Record(
        "The connect page.",
        [
            Field(
                "return_urls",
                .list(.webAddress),
                "Where end users may be sent back to.",
            )
        ],
    )
}
