import Expressions
import Model

/// Chooses the words for a problem: in a language that the reader understands, from the most specific
/// place that has any.
///
/// The language comes first: for each one that the reader prefers, then the account's, then English,
/// the texts of the operation, the connector, the solution and Backstop are tried in this order. What
/// somebody wrote for this one problem stays (``Problem/ownTexts``).
package struct Wording: Sendable {
    package static let standard = Wording()

    /// The account's: of texts without a language, and of everything that is written for support.
    package var language = "en"
    package var solution = TextBook()
    /// By connector, and by `connector.operation`.
    package var connectors: [String: TextBook] = [:]
    /// Titles of services, by connector.
    package var titles: [String: String] = [:]
    /// The values of `$config`, without secrets.
    package var config: JSONValue = .object(JSONObject())

    package init() {}

    /// The texts of a problem as it is kept: title and support in the account's language, the client's
    /// text in the end user's.
    package func said(_ problem: Problem, to languages: [String] = []) -> Problem {
        guard problem.audience.language == nil else { return problem }
        var result = problem
        let own = problem.ownTexts
        result.audience.own = own
        result.audience.language = language
        say(.title, of: problem, own, in: [], &result)
        say(.support, of: problem, own, in: [], &result)
        if let used = say(.client, of: problem, own, in: languages, &result) {
            result.audience.language = used
        }
        return result
    }

    /// The problem in the client's words, title included, in the reader's language.
    package func client(_ problem: Problem, to languages: [String]) -> ClientProblem {
        var result = problem
        let own = problem.ownTexts
        // Without a wish of this reader it stays as it was said to the end user.
        if !languages.isEmpty || problem.audience.language == nil {
            say(.client, of: problem, own, in: languages, &result)
            say(.title, of: problem, own, in: languages, &result)
        } else if let language = problem.audience.language {
            say(.title, of: problem, own, in: [language], &result)
        }
        return ClientProblem(result)
    }

    /// - Returns: the language of the text; nil when it is somebody's own.
    @discardableResult
    private func say(
        _ kind: ProblemText,
        of problem: Problem,
        _ own: Set<ProblemText>,
        in languages: [String],
        _ result: inout Problem,
    ) -> String? {
        guard !own.contains(kind) else { return nil }
        for tag in LanguageRange.lookup(languages, fallbacks: [language, "en"]) {
            guard let text = text(kind, of: problem, in: tag) else { continue }
            result[kind] = text
            return tag
        }
        return nil
    }

    private func text(_ kind: ProblemText, of problem: Problem, in tag: String) -> String? {
        let connector = problem.connector ?? ""
        let books = [
            problem.operation.flatMap { connectors["\(connector).\($0)"] }, connectors[connector],
            solution,
        ]
        for case .some(let book) in books where !book.isEmpty {
            let template =
                book.template(kind, problem.type, in: tag)
                ?? (tag == language
                    ? book.template(kind, problem.type, in: TextBook.unnamed) : nil)
            if let template, let text = text(template, problem) { return text }
        }
        return problem.type.words(in: tag)?[kind]
    }

    /// The most characters of a text.
    package static let longest = 2000

    /// Nil when the template gives no text: then the next place is asked.
    private func text(_ template: Template, _ problem: Problem) -> String? {
        var environment = Environment()
        let connector = problem.connector ?? ""
        environment[.service] = .string(titles[connector] ?? connector)
        environment[.error] = problem.json
        environment[.config] = config
        do throws(EvaluationError) {
            let value = try template.evaluate(environment)
            guard let text = value.stringValue, !text.isEmpty else { return nil }
            return String(text.prefix(Self.longest))
        } catch {
            return nil
        }
    }
}
