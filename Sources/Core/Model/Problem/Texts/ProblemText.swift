/// The texts of a problem that are written for people.
public enum ProblemText: String, Sendable, Hashable, CaseIterable {
    case title, client, support
}

/// What Backstop itself says of a problem of a type, in one language.
package struct ProblemWords: Sendable, Hashable {
    package var title: String
    package var client: String
    package var support: String

    init(_ title: String, client: String, support: String) {
        self.title = title
        self.client = client
        self.support = support
    }

    package subscript(kind: ProblemText) -> String {
        switch kind {
        case .title: title
        case .client: client
        case .support: support
        }
    }
}

extension ProblemType {
    /// The languages that Backstop speaks; the first one is what it says to who speaks none of them.
    package static let languages = ["en", "de", "fr"]

    /// Nil for a language that Backstop does not speak.
    package func words(in language: String) -> ProblemWords? {
        switch language {
        case "en":
            let defaults = defaults
            return ProblemWords(
                defaults.title,
                client: defaults.client,
                support: defaults.support,
            )
        case "de": return german
        case "fr": return french
        default: return nil
        }
    }
}

extension Problem {
    public subscript(text: ProblemText) -> String {
        get {
            switch text {
            case .title: self.title
            case .client: self.audience.client
            case .support: self.audience.support
            }
        }
        set {
            switch text {
            case .title: self.title = newValue
            case .client: self.audience.client = newValue
            case .support: self.audience.support = newValue
            }
        }
    }

    /// The texts that somebody wrote for this problem: a workflow's `raise`, a connector's `errors`
    /// rule, or Backstop for one fault. They are never replaced.
    package var ownTexts: Set<ProblemText> {
        if self.audience.language != nil { return self.audience.own }
        guard let words = self.type.words(in: "en") else { return [] }
        return Set(ProblemText.allCases.filter { self[$0] != words[$0] })
    }
}
