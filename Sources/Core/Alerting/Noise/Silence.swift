import Definitions
import Embedding
import Model

/// For a time, what it matches is told to nobody. Issues count on.
///
/// The words are Alertmanager's: it has matchers, a beginning and an end, and can only expire; it
/// is kept for those who ask later who silenced what.
package struct Silence: JSONDocument {
    package enum State: String, Sendable, Hashable, CaseIterable {
        case pending, active, expired
    }

    package static let matchersMax = 16
    package static let commentBytesMax = 2_048
    /// The longest that one lasts: what is silent for ever is forgotten.
    package static let longest = TimeSpan(milliseconds: 366 * 86_400_000)

    package var id: ObjectID
    /// Label and condition, as ``LabelMatcher/text`` writes it.
    package var matchers: [AlertLabel: String]
    package var startsAt: Timestamp
    package var expiresAt: Timestamp
    package var author: String
    package var comment: String

    package init(
        id: ObjectID,
        matchers: [AlertLabel: String],
        startsAt: Timestamp,
        expiresAt: Timestamp,
        author: String,
        comment: String,
    ) {
        self.id = id
        self.matchers = matchers
        self.startsAt = startsAt
        self.expiresAt = expiresAt
        self.author = author
        self.comment = comment
    }

    package func state(at now: Timestamp) -> State {
        now < startsAt ? .pending : now < expiresAt ? .active : .expired
    }

    /// The conditions, compiled; a stored silence has none that cannot be.
    package var conditions: [LabelMatcher] {
        matchers.sorted { $0.key.rawValue < $1.key.rawValue }.compactMap { label, text in
            do throws(RegexError) { return try LabelMatcher(label, text: text) } catch {
                return nil
            }
        }
    }

    package var json: JSONValue {
        [
            "id": .id(id),
            "matchers": .members(
                Dictionary(uniqueKeysWithValues: matchers.map { ($0.key.rawValue, $0.value) }),
                JSONValue.string,
            ),
            "starts_at": .time(startsAt), "expires_at": .time(expiresAt),
            "author": .string(author), "comment": .string(comment),
        ]
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.silence) }),
            let texts = object.get("matchers", { $0.map(\.stringValue) }),
            let startsAt = object.get("starts_at", \.timeValue),
            let expiresAt = object.get("expires_at", \.timeValue),
            let author = object.get("author", \.stringValue),
            let comment = object.get("comment", \.stringValue)
        else { return nil }
        var matchers: [AlertLabel: String] = [:]
        for (name, text) in texts {
            guard let label = AlertLabel(rawValue: name) else { return nil }
            matchers[label] = text
        }
        self.init(
            id: id,
            matchers: matchers,
            startsAt: startsAt,
            expiresAt: expiresAt,
            author: author,
            comment: comment,
        )
    }

    /// With its state now.
    package func view(at now: Timestamp) -> JSONValue {
        var object = json.objectValue ?? JSONObject()
        object["state"] = .string(state(at: now).rawValue)
        return .object(object)
    }
}
