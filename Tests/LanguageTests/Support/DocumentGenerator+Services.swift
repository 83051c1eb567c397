import Model

extension DocumentGenerator {
    mutating func service() -> JSONValue {
        object(
            [],
            [
                ("title", { $0.text() }), ("help", { $0.text() }),
                (
                    "kinds",
                    {
                        $0.list(0...3) {
                            $0.word("oauth2", "api_key", "bearer", "basic", "headers")
                        }
                    },
                ),
                ("header", { $0.name() }), ("query", { $0.name() }),
                ("headers", { $0.list(0...2) { $0.name() } }), ("oauth", { $0.oauth() }),
            ],
        )
    }

    private mutating func oauth() -> JSONValue {
        let address: Part = {
            $0.word(
                "https://id.example.org/token",
                "http://localhost:8000/a?b=c",
                "http://127.0.0.1/",
            )
        }
        let texts: Part = { $0.map { $0.text() } }
        let identifier: Part = { $0.flag() == true ? $0.text() : $0.secret() }
        return object(
            [("client_id", identifier), ("token_url", address)],
            [
                ("grant", { $0.word("authorization_code", "client_credentials") }),
                ("client_secret", { $0.secret() }),
                ("client_proof", { $0.word("basic", "body") }),
                ("authorization_url", address), ("issuer", { $0.text() }),
                ("scopes", { $0.list(0...2) { $0.text() } }),
                ("authorization_parameters", texts), ("token_parameters", texts),
            ],
        )
    }

    mutating func connect() -> JSONValue {
        object([], [("return_urls", { $0.list(0...2) { $0.word("https://a.example/x") } })])
    }
}
