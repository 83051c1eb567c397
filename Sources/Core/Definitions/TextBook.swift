import Expressions
import Model

/// Texts for problems that a solution, a connector or an operation has instead of Backstop's own: by
/// language, kind and problem type.
///
/// A template sees `$service` (the title of the service), `$error` and, in a solution, `$config`.
package struct TextBook: Sendable, Hashable {
    package typealias Page = [ProblemText: [ProblemType: Template]]

    /// What stands in no language is in the account's.
    package static let unnamed = "default"

    package var pages: [String: Page] = [:]

    package init() {}

    package var isEmpty: Bool { pages.isEmpty }

    package func template(
        _ kind: ProblemText,
        _ type: ProblemType,
        in language: String,
    ) -> Template? {
        pages[language]?[kind]?[type]
    }

    // MARK: JSON

    /// The sources of the templates as members: `client_texts` those for the client without a
    /// language, `texts` all others, when there are any.
    package func members(_ source: (Template) -> JSONValue) -> JSONObject {
        func texts(_ page: [ProblemType: Template]) -> JSONValue {
            .object(
                JSONObject(
                    page.sorted { $0.key.rawValue < $1.key.rawValue }
                        .map { ($0.key.rawValue, source($0.value)) }
                )
            )
        }
        var rest = JSONObject()
        for (language, page) in pages.sorted(by: { $0.key < $1.key }) {
            var kinds = JSONObject()
            for kind in ProblemText.allCases {
                guard let found = page[kind], !found.isEmpty,
                    kind != .client || language != Self.unnamed
                else { continue }
                kinds[kind.rawValue] = texts(found)
            }
            if !kinds.isEmpty { rest[language] = .object(kinds) }
        }
        var object = JSONObject()
        object["client_texts"] = texts(pages[Self.unnamed]?[.client] ?? [:])
        if !rest.isEmpty { object["texts"] = .object(rest) }
        return object
    }

    /// Reads the members back; nil when a type is unknown or a template does not compile.
    package init?(members: JSONObject) {
        guard let client = members["client_texts"]?.objectValue else { return nil }
        guard take(client, .client, Self.unnamed) else { return nil }
        guard let texts = members["texts"] else { return }
        guard let languages = texts.objectValue else { return nil }
        for (language, page) in languages {
            guard let kinds = page.objectValue else { return nil }
            for (name, texts) in kinds {
                guard let kind = ProblemText(rawValue: name), let texts = texts.objectValue,
                    take(texts, kind, language)
                else { return nil }
            }
        }
    }

    private mutating func take(
        _ texts: JSONObject,
        _ kind: ProblemText,
        _ language: String,
    ) -> Bool {
        for (name, text) in texts {
            guard let type = ProblemType(rawValue: name) else { return false }
            do throws(ExpressionError) {
                pages[language, default: [:]][kind, default: [:]][type] =
                    try Template.compile(text, allowed: [.service, .error, .config])
            } catch {
                return false
            }
        }
        return true
    }
}
