import Definitions
import Embedding
import Engine
import Model

/// Answers browsers of end users: every answer is a page or a redirect, also when something is
/// wrong.
struct ConnectHandlers: Sendable {
    let engine: Engine
    let configuration: HTTPAPIConfiguration

    private var directory: Directory { engine.directory }

    static let callbackPath = "/oauth/callback"

    func answer(_ match: Route.Match, _ request: WebhookRequest) async -> HTTPAnswer {
        let base: String
        do throws(Problem) {
            base = try configuration.base(for: request)
        } catch {
            return alone(error)
        }
        let cookie = ConnectCookie(isSecure: base.hasPrefix("https://"))
        let visit = Visit(
            name: match.values["link"] ?? "",
            request: request,
            base: base,
            cookie: cookie,
        )
        switch match.route {
        case .connectForm: return await submit(visit)
        case .connectStart: return await start(visit)
        case .oauthCallback: return await callback(visit)
        default: return await show(visit, nil)
        }
    }

    /// One request of a browser.
    private struct Visit: Sendable {
        var name: String
        var request: WebhookRequest
        var base: String
        var cookie: ConnectCookie

        func browser(_ link: ObjectID) -> String? { cookie.value(request, link) }
    }

    // MARK: Acts

    /// The page, with what went wrong on top.
    private func show(_ visit: Visit, _ problem: Problem?) async -> HTTPAnswer {
        do throws(Problem) {
            let view = try await directory.connectPage(visit.name, browser: visit.browser)
            return page(view, visit, problem)
        } catch {
            return alone(error)
        }
    }

    private func submit(_ visit: Visit) async -> HTTPAnswer {
        guard isOwn(visit) else { return alone(ConnectFault.linkUsed.problem()) }
        let form: JSONObject
        do { form = try FormData.parse(visit.request.body) } catch {
            return await show(visit, ConnectFault.credential.problem())
        }
        do throws(Problem) {
            let key = form["item"]?.stringValue ?? ""
            let shown = try await directory.connectPage(visit.name, browser: visit.browser)
            guard let item = shown.items.first(where: { $0.key == key }) else {
                throw ConnectFault.noItem.problem()
            }
            let service = directory.service(item.service)
            guard let credential = ConnectForm.credential(form, service) else {
                throw ConnectFault.credential.problem()
            }
            let view = try await directory.connect(
                visit.name,
                item: key,
                with: credential,
                browser: visit.browser,
            )
            return redirect("/connect/\(view.link.id)", view, visit)
        } catch {
            return await show(visit, error)
        }
    }

    private func start(_ visit: Visit) async -> HTTPAnswer {
        do throws(Problem) {
            let (address, view) = try await directory.beginAuthorization(
                visit.name,
                item: Self.query(visit.request)["item"]?.stringValue ?? "",
                redirectURI: visit.base + Self.callbackPath,
                browser: visit.browser,
            )
            return redirect(address, view, visit)
        } catch {
            return await show(visit, error)
        }
    }

    private func callback(_ visit: Visit) async -> HTTPAnswer {
        let end = await directory.finishAuthorization(
            Self.query(visit.request),
            browser: visit.browser,
        )
        guard let link = end.link else {
            return alone(end.problem ?? ConnectFault.noLink.problem())
        }
        guard let problem = end.problem else {
            return plainRedirect("/connect/\(link)")
        }
        var visit = visit
        visit.name = link.description
        return await show(visit, problem)
    }

    // MARK: Requests

    /// A form that another site sent is none of ours (Fetch Metadata; Origin where that is missing).
    private func isOwn(_ visit: Visit) -> Bool {
        if let site = visit.request.field("sec-fetch-site") {
            return site == "same-origin" || site == "none"
        }
        guard let origin = visit.request.field("origin") else { return true }
        return origin == visit.base
    }

    /// Services add parameters of their own; one that occurs twice is a list, and no text.
    private static func query(_ request: WebhookRequest) -> JSONObject {
        do { return try FormData.parse(Array(request.query.utf8)) } catch { return JSONObject() }
    }

    // MARK: Answers

    private func page(_ view: ConnectView, _ visit: Visit, _ problem: Problem?) -> HTTPAnswer {
        let account = engine.deployment.project.account
        let page = ConnectPage(
            account: account.title,
            services: account.services,
            view: view,
            name: visit.name,
            problem: problem,
        )
        return Self.html(page.html, status: problem.map(Self.status) ?? 200)
    }

    private func alone(_ problem: Problem) -> HTTPAnswer {
        let account = engine.deployment.project.account.title
        return Self.html(
            ConnectPage.alone(problem, account: account),
            status: Self.status(problem),
        )
    }

    /// A failure of the service is none of the page.
    private static func status(_ problem: Problem) -> Int {
        problem.status.flatMap { (400...499).contains($0) || $0 == 503 ? $0 : nil }
            ?? (problem.code == ConnectFault.noPublicAddress.rawValue ? 500 : 502)
    }

    private func redirect(_ place: String, _ view: ConnectView, _ visit: Visit) -> HTTPAnswer {
        var answer = plainRedirect(place)
        if let browser = view.newBrowser {
            answer.headers.append(
                visit.cookie.field(browser, view.link, now: engine.clock.now())
            )
        }
        return answer
    }

    private func plainRedirect(_ place: String) -> HTTPAnswer {
        HTTPAnswer(status: 303, headers: [HeaderField("location", place)] + Self.fields)
    }

    private static func html(_ html: HTML, status: Int) -> HTTPAnswer {
        HTTPAnswer(
            status: status,
            headers: [HeaderField("content-type", "text/html; charset=utf-8")] + fields,
            body: Array(html.text.utf8),
        )
    }

    /// The address of a page may hold its token: nobody else hears of it, and nobody keeps it.
    private static let fields = [
        HeaderField("cache-control", "no-store"),
        HeaderField("content-security-policy", ConnectStyle.policy),
        HeaderField("referrer-policy", "same-origin"),
        HeaderField("x-content-type-options", "nosniff"),
        HeaderField("x-frame-options", "DENY"),
        HeaderField("x-robots-tag", "noindex"),
    ]
}

extension HTTPAPIConfiguration {
    /// The address that browsers reach this server by: the configured one, or this machine's own.
    ///
    /// - Throws: B2834 when none is configured and others than this machine can ask.
    func base(for request: WebhookRequest) throws(Problem) -> String {
        guard publicURL.isEmpty else { return publicURL }
        let place = request.field("host") ?? ""
        let name = place.prefix { $0 != ":" }
        let isPort = place.dropFirst(name.count).dropFirst().utf8.allSatisfy {
            (48...57).contains($0)
        }
        let isOwn = ["localhost", "127.0.0.1"].contains(name)
        guard isLocal, isOwn, isPort else { throw ConnectFault.noPublicAddress.problem() }
        return "http://\(place)"
    }
}
