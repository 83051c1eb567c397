import Model
import Testing

/// The texts of problems, and who reads which.
@Suite struct ProblemTextTests {
    @Test(arguments: ProblemType.allCases)
    func `each type has words of its own in each language`(type: ProblemType) throws {
        var seen: Set<String> = []
        for language in ProblemType.languages {
            let words = try #require(type.words(in: language))
            for kind in ProblemText.allCases {
                #expect(words[kind].count > 10 && seen.insert(words[kind]).inserted, "\(words)")
            }
        }
        #expect(type.words(in: "tlh") == nil)
    }

    @Test func `no two types have the same title`() {
        for language in ProblemType.languages {
            let titles = ProblemType.allCases.compactMap { $0.words(in: language)?.title }
            #expect(Set(titles).count == ProblemType.allCases.count, "\(language)")
        }
    }

    @Test(arguments: [
        ("de", ["de"]), ("de-CH, de;q=0.9, en;q=0.8", ["de-ch", "de", "en"]),
        ("en;q=0.2,fr;q=0.9", ["fr", "en"]), ("fr;q=0, *", []), ("", []), ("x", []),
        ("en_US.UTF-8", ["en-us"]), ("de; q = 0.5 , it", ["it", "de"]), ("e\u{301}n", []),
    ])
    func `an Accept-Language is read by its weights`(header: String, tags: [String]) {
        #expect(LanguageRange.parse(header) == tags)
    }

    @Test func `a tag is shortened from its end, and the fallbacks come last`() {
        #expect(
            LanguageRange.lookup(["de-ch-1996", "fr"], fallbacks: ["en", "de"])
                == ["de-ch-1996", "de-ch", "de", "fr", "en"]
        )
    }

    @Test func `a problem comes back from JSON as it was, its texts' marks included`() {
        var problem = Problem(.conflict, detail: "d")
        problem.audience.client = "own"
        #expect(problem.ownTexts == [.client])
        problem.audience.own = problem.ownTexts
        problem.audience.language = "de"
        #expect(Problem(json: problem.json) == problem)
        #expect(Problem(json: problem.json)?.ownTexts == [.client])
    }

    @Test func `a client's ids are short words; everything else is left out`() {
        var problem = Problem(.service)
        problem.ids = [
            "execution": "exe_1", "workflow": "a b", "correlation": "any text, of the caller",
            "note": "x", "issue": 7, "solution": .string(String(repeating: "x", count: 129)),
        ]
        let json = ClientProblem(problem).json
        #expect(json["ids"] == ["execution": "exe_1", "correlation": "any text, of the caller"])
    }
}
