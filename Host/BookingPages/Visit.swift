internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// One request of a browser, with everything that is known of it.
struct Visit {
    let site: BookingSite
    let api: API
    let request: APIRequest
    /// The path below `/book`.
    let path: [String]
    let nonce: String
    let query: [(name: String, value: String)]
    /// Whether the page stands in a frame of another site's.
    let isFramed: Bool
    /// When the request came.
    let now: Instant
    var form = FormState()
    /// Asks as whoever has signed in, or as nobody.
    var client: PageClient
    var flow: BookingModel?
    /// The name of whoever has signed in.
    var visitor: String?
    /// Whether whoever has signed in may book for themselves.
    var isCustomer = false
    let languages: [String]
    let language: String
    let formats: Formats
    /// The words of the language.
    let words: [String: String]
    /// The cookies that the answer sets.
    var setCookies: [(name: String, value: String)] = []
    let cookies: Cookies
    let proof: FormProof
    private let hasSecret: Bool

    /// The token of what is held.
    static let holdCookie = "almanac-hold"
    /// The token of the booking that is looked at.
    static let guestCookie = "almanac-guest"
    /// The token of the wish that is looked at.
    static let waitCookie = "almanac-wait"

    init(_ site: BookingSite, _ api: API, _ request: APIRequest, _ path: [String]) {
        self.site = site
        self.api = api
        self.request = request
        self.path = path
        self.now = site.clock.now
        self.nonce = Base64URL.encode(site.random.bytes(16))
        let query = RequestText.query(request.query) ?? []
        self.query = query
        let isFramed = query.contains { $0.name == "embed" && $0.value == "1" }
        self.isFramed = isFramed
        self.cookies = Cookies(isHTTPS: site.settings.isHTTPS, isFramed: isFramed)
        let wanted = query.first { $0.name == "lang" && Words.languages.contains($0.value) }.map { [$0.value] } ?? []
        self.languages =
            wanted + RequestText.languages(request.header("accept-language")) + [site.settings.locale]
        self.language = Words.language(for: self.languages)
        self.words = site.words.all(self.language, site.settings.vocabulary)
        self.formats = Formats(self.language, zone: site.settings.zone, self.words)
        self.client = PageClient(api, on: request, languages: self.languages)
        self.client.organization =
            query.first { $0.name == "organization" && !$0.value.isEmpty }?.value
            ?? self.cookies.value(of: PageSession.organization, in: request)
        let secret = self.cookies.value(of: PageSession.form, in: request)
        self.hasSecret = secret != nil
        let used = secret ?? Base64URL.encode(site.random.bytes(24))
        self.proof = FormProof(secret: used)
        if secret == nil { self.setCookies.append(self.cookies.setting(PageSession.form, to: used)) }
    }

    /// Whether the browser wants something done.
    var isChange: Bool { self.request.method == "POST" }

    /// Whether the browser keeps no cookies in this frame, so that nothing can be done in it.
    var isWithoutCookies: Bool { self.isFramed && self.isChange && !self.hasSecret }

    /// A field of the query that is not empty.
    func queried(_ name: String) -> String? {
        self.query.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// A word of the language.
    func word(_ key: String) -> String { self.words[key] ?? key }

    /// A sentence of the language with its gaps filled in.
    func word(_ key: String, _ values: [String: String]) -> String {
        values.reduce(self.word(key)) { $0.replacing("[\($1.key)]", with: $1.value) }
    }

    /// Reads the form, and sees to it that it is one of ours.
    mutating func begin() throws(VisitProblem) {
        guard self.isChange else { return }
        let type = self.request.header("content-type")?.split(separator: ";").first.map { $0.lowercased() }
        guard type == "application/x-www-form-urlencoded",
            let fields = RequestText.query(String(decoding: self.request.body, as: UTF8.self), limit: 2_000),
            self.hasSecret
        else { throw .forged }
        self.form = FormState(fields)
        guard self.proof.isShown(by: self.form.first("csrf"), in: self.request) else { throw .forged }
    }

    // MARK: Who it is

    /// Finds out whether somebody has signed in; a session that is over makes them a guest.
    mutating func identify() async throws(VisitProblem) {
        // Frames of other sites get no cookies of a session.
        guard !self.isFramed else { return }
        let session = PageSession(self.cookies)
        guard let token = self.cookies.value(of: PageSession.access, in: self.request) else { return }
        self.client.token = token
        var answer = await self.client.get("/api/v1/me")
        if answer.status == 401 {
            self.client.token = nil
            switch await session.renew(self.request, self.client, self.site.renewals) {
            case .renewed(let tokens):
                self.setCookies += session.keeping(tokens)
                self.client.token = tokens["accessToken"]?.string
                answer = await self.client.get("/api/v1/me")
            case .over: return
            case .running: throw .renewing
            case .busy: throw .busy
            }
        }
        guard answer.isFine else {
            self.client.token = nil
            return
        }
        let permissions = Set((answer.json["permissions"]?.array ?? []).compactMap(\.string))
        if case .permission(let needed)? = self.flow?[.bookOwn]?.access {
            self.isCustomer = permissions.contains(needed.name)
        }
        let profile = await self.client.get("/api/v1/me/profile").json
        let given = [profile["givenName"]?.string, profile["familyName"]?.string].compactMap { $0 }
            .filter { !$0.isEmpty }.joined(separator: " ")
        self.visitor = profile["displayName"]?.string ?? (given.isEmpty ? profile["email"]?.string ?? "" : given)
    }

    /// Asks as the guest who holds a token; `nil` when the browser has none.
    func guest(by cookie: String) -> PageClient? {
        self.cookies.value(of: cookie, in: self.request).map { self.guest(with: $0) }
    }

    /// Asks as the guest who holds this token.
    func guest(with token: String) -> PageClient {
        var client = self.client
        client.authorization = (self.flow?.scheme ?? "", token)
        return client
    }

    // MARK: Asking

    /// The operation of a step that the page cannot do without.
    func operation(_ step: BookingStep) throws(VisitProblem) -> ConsoleModel.Operation {
        guard let operation = self.flow?[step] else { throw .notFound }
        return operation
    }

    /// Asks for something that the page shows.
    func read(
        _ step: BookingStep, _ id: String = "", _ query: [(name: String, value: String?)] = [],
        as client: PageClient? = nil
    ) async throws(VisitProblem) -> JSON {
        let sent = query.compactMap { field in field.value.map { (name: field.name, value: $0) } }
        let answer = await (client ?? self.client).get(try self.operation(step).path(of: id), sent)
        if let problem = VisitProblem(reading: answer) { throw problem }
        return answer.json
    }

    /// Asks for all items of a list, as far as anybody would look at them.
    func list(_ step: BookingStep) async throws(VisitProblem) -> [JSON] {
        var items: [JSON] = []
        var after: String?
        for _ in 0..<5 {
            let page = try await self.read(step, "", [("limit", "200"), ("after", after)])
            items += page["items"]?.array ?? []
            after = page["next"]?.string
            if after == nil { break }
        }
        return items
    }

    /// Has something done, once for each form and what it is about.
    func send(
        _ step: BookingStep, _ id: String = "", _ json: JSON? = nil, version: String? = nil, about: String = "",
        as client: PageClient? = nil
    ) async throws(VisitProblem) -> PageClient.Answer {
        let operation = try self.operation(step)
        let once = self.form.first("once").map { $0 + about.filter { $0.isLetter || $0.isNumber } }
        return await (client ?? self.client).send(
            operation.method, operation.path(of: id), json: json, version: version,
            once: operation.method == "POST" ? once : nil)
    }

    // MARK: Addresses

    /// Fields that go along from page to page.
    private static let carried = ["organization", "lang", "embed", "origin", "zone"]

    /// The address of a page, with what goes along.
    func address(
        _ path: [String] = [], _ query: [(name: String, value: String?)] = []
    ) -> String {
        let named = Set(query.map(\.name))
        let along = Self.carried.filter { !named.contains($0) }.map { ($0, self.queried($0)) }
        let fields = (query.map { ($0.name, $0.value) } + along).compactMap { name, value -> String? in
            guard let value, !value.isEmpty else { return nil }
            return "\(name)=\(RequestText.encoded(value))"
        }
        let steps = path.map { "/\(RequestText.encoded($0))" }.joined()
        return BookingSite.root + steps + (fields.isEmpty ? "" : "?\(fields.joined(separator: "&"))")
    }

    /// The same page with other fields.
    func same(_ changed: [(name: String, value: String?)]) -> String {
        let named = Set(changed.map(\.name))
        var seen: Set<String> = []
        let kept = self.query.filter { !named.contains($0.name) && seen.insert($0.name).inserted }
            .map { (name: $0.name, value: String?.some($0.value)) }
        return self.address(self.path, kept + changed)
    }

    /// Hidden fields of a form that asks for a page: what goes along and is not asked in it.
    func along(except names: Set<String> = []) -> [[String: Any]] {
        Self.carried.filter { !names.contains($0) }.compactMap { name in
            self.queried(name).map { ["name": name, "value": $0] }
        }
    }
}
