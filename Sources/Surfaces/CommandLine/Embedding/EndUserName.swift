/// An end user as a command names it.
enum EndUserName {
    /// The id as it is; everything else is the partner's own name for it.
    static func reference(_ text: String) -> String {
        let isID = text.hasPrefix("usr_") && text.utf8.count == 17
        return isID || text.hasPrefix("ext:") ? text : "ext:\(text)"
    }

    static func path(_ text: String) -> String {
        "/v1/end-users/\(ServerClient.encoded(reference(text)))"
    }
}
