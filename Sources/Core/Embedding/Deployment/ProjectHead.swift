import Model

/// Which project is applied. Its files are kept in as many parts beside it.
package struct ProjectHead: JSONDocument {
    /// From 1, one more at each apply.
    package var revision: Int64
    /// Of the files.
    package var digest: String
    package var files: Int
    package var parts: Int
    package var appliedAt: Timestamp
    package var author: AuditRecord.Author

    package init(
        revision: Int64,
        digest: String,
        files: Int,
        parts: Int,
        appliedAt: Timestamp,
        author: AuditRecord.Author,
    ) {
        self.revision = revision
        self.digest = digest
        self.files = files
        self.parts = parts
        self.appliedAt = appliedAt
        self.author = author
    }

    package var json: JSONValue {
        [
            "revision": .integer(revision), "digest": .string(digest),
            "files": .integer(Int64(files)), "parts": .integer(Int64(parts)),
            "applied_at": .time(appliedAt), "applied_by": author.json,
        ]
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let revision = object.get("revision", \.integerValue),
            let digest = object.get("digest", \.stringValue),
            let files = object.get("files", \.countValue),
            let parts = object.get("parts", \.countValue),
            let appliedAt = object.get("applied_at", \.timeValue),
            let author = object.get("applied_by", AuditRecord.Author.init(json:))
        else { return nil }
        self.init(
            revision: revision,
            digest: digest,
            files: files,
            parts: parts,
            appliedAt: appliedAt,
            author: author,
        )
    }

    /// What the partner's people see of it.
    package var view: JSONObject {
        var object = json.objectValue ?? JSONObject()
        object["parts"] = nil
        return object
    }
}
