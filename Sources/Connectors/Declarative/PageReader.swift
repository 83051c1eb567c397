import ConnectorKit
import Definitions
import Expressions
import Model

/// Reads the pages of an operation with `pagination`, one after the other.
struct PageReader: Sendable {
    /// Bytes of JSON over all pages.
    static let sizeLimit = 16 << 20

    let pagination: PaginationDefinition
    /// Whether pages beyond `max_pages` are a failure, or are left for the next time.
    let needsAll: Bool

    struct Pages: Sendable {
        var items: [JSONValue]
        /// The last answer.
        var response: JSONValue
    }

    /// - Throws: `limit` B2484 for more pages than allowed, `service` B2485 when a page leads to
    ///   itself or to another origin, `too_large` B2486.
    func read(
        from first: HTTPRequest,
        _ environment: Environment,
        fetch: (HTTPRequest) async throws(Problem) -> JSONValue,
    ) async throws(Problem) -> Pages {
        var request = first
        var items: [JSONValue] = []
        var size = 0
        for page in 1... {
            let response = try await fetch(request)
            var environment = environment
            environment[.response] = response
            let new = try pageItems(environment)
            size += JSONWriter.encodedSize(.array(new))
            guard size <= Self.sizeLimit else {
                throw Problem(
                    .tooLarge,
                    detail: "the pages have more than \(Self.sizeLimit) bytes of items",
                    code: "B2486",
                )
            }
            items += new
            guard let next = try nextRequest(after: request, environment) else {
                return Pages(items: items, response: response)
            }
            guard next.url != request.url else {
                throw Problem(
                    .service,
                    detail: "\(request.summary): a page leads to itself",
                    code: "B2485",
                )
            }
            guard page < pagination.maxPages else {
                guard needsAll else { return Pages(items: items, response: response) }
                throw Problem(
                    .limit,
                    detail: "there are more than \(pagination.maxPages) pages; raise max_pages or"
                        + " ask for less",
                    code: "B2484",
                )
            }
            request = next
        }
        return Pages(items: items, response: .null)
    }

    private func pageItems(_ environment: Environment) throws(Problem) -> [JSONValue] {
        switch try evaluate(pagination.items, environment, "pagination.items") {
        case .array(let items): return items
        case .null: return []
        case let other:
            throw Problem(
                .service,
                detail: "pagination.items gave \(other.typeName) instead of an array",
                code: "B2487",
            )
        }
    }

    /// An object replaces query parameters (null removes one), a text is a URL of the same origin.
    private func nextRequest(
        after request: HTTPRequest,
        _ environment: Environment,
    ) throws(Problem) -> HTTPRequest? {
        var next = request
        let value = try evaluate(pagination.next, environment, "pagination.next")
        do {
            switch value {
            case .null, .bool(false): return nil
            case .object(let object):
                next.url.replace(
                    query: try QueryPairs.read(object, named: "next"),
                    names: Set(object.keys),
                )
            case .string(let reference):
                guard !reference.isEmpty else { return nil }
                next.url = try request.url.resolving(reference)
            default:
                throw RequestMistake("pagination.next gave \(value.typeName)")
            }
        } catch {
            throw Problem(
                .service,
                detail: "\(request.summary): the next page cannot be asked for: \(error)",
                code: "B2487",
            )
        }
        guard next.url.origin == request.url.origin else {
            throw Problem(
                .service,
                detail: "\(request.summary): the next page is at another origin",
                code: "B2485",
            )
        }
        return next
    }

    private func evaluate(
        _ program: Program,
        _ environment: Environment,
        _ place: String,
    ) throws(Problem) -> JSONValue {
        do throws(EvaluationError) {
            return try program.evaluate(environment)
        } catch {
            throw Problem(error, in: place)
        }
    }
}
