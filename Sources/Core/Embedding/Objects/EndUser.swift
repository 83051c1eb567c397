import Model

/// The partner's customer, known by the partner's own name for it.
package struct EndUser: JSONDocument {
    /// Bytes of ``externalID``.
    package static let externalIDLength = 1...256
    /// The most bytes of ``metadata``, as compact JSON.
    package static let metadataLimit = 16 << 10

    package var id: ObjectID
    /// Unique in the account; never changes.
    package var externalID: String
    package var name: String?
    /// What the partner keeps with it; the end user never sees it.
    package var metadata: JSONObject
    package var createdAt: Timestamp

    package init(
        id: ObjectID,
        externalID: String,
        name: String? = nil,
        metadata: JSONObject = JSONObject(),
        createdAt: Timestamp,
    ) {
        self.id = id
        self.externalID = externalID
        self.name = name
        self.metadata = metadata
        self.createdAt = createdAt
    }

    /// The first rule that it breaks; nil when it may be stored.
    package var fault: Problem? {
        guard Self.isExternalID(externalID) else {
            return EmbeddingFault.externalID.problem(
                detail: "external_id has 1 to 256 bytes and no control characters"
            )
        }
        let size = JSONWriter.encodedSize(.object(metadata))
        guard size <= Self.metadataLimit else {
            return EmbeddingFault.metadataSize.problem(
                detail: "metadata has \(size) bytes, \(Self.metadataLimit) are allowed"
            )
        }
        return nil
    }

    /// 1 to 256 bytes, without control characters.
    package static func isExternalID(_ text: String) -> Bool {
        externalIDLength.contains(text.utf8.count)
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    }

    package var json: JSONValue {
        var object = JSONObject()
        object["id"] = .id(id)
        object["external_id"] = .string(externalID)
        object["name"] = name.map(JSONValue.string)
        object["metadata"] = .object(metadata)
        object["created_at"] = .time(createdAt)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let id = object.get("id", { $0.id(.endUser) }),
            let externalID = object.get("external_id", \.stringValue),
            let name = object.maybe("name", \.stringValue),
            let metadata = object.get("metadata", \.objectValue),
            let createdAt = object.get("created_at", \.timeValue)
        else { return nil }
        self.init(
            id: id,
            externalID: externalID,
            name: name,
            metadata: metadata,
            createdAt: createdAt,
        )
    }

    package func view(for reader: Reader) -> JSONValue {
        guard reader == .client, case .object(var object) = json else { return json }
        object["metadata"] = nil
        return .object(object)
    }
}
