import ArgumentParser

/// Which part of a list is wanted.
struct PageOptions: ParsableArguments {
    @Option(name: .long, help: "How many, 1 to 500.")
    var limit = 50

    @Option(name: .long, help: "Go on where the page before ended.")
    var cursor: String?

    var query: [(String, String?)] { [("limit", String(limit)), ("cursor", cursor)] }
}
