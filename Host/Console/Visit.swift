internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// One request of a browser, with everything that is known of it.
struct Visit {
    /// Who has signed in.
    struct Visitor {
        let name: String
        let permissions: Set<String>
    }

    let site: ConsoleSite
    let api: API
    let request: APIRequest
    /// The path below the console.
    let path: [String]
    let nonce: String
    let query: [(name: String, value: String)]
    var form = FormState()
    var client: PageClient
    var visitor: Visitor?
    var model: ConsoleModel?
    var proof: FormProof
    var languages: [String]
    var language: String
    var formats: Formats
    /// What the ids on the page stand for; those that are not here are shown as they are.
    var known: [String: Known] = [:]
    /// The words of the language.
    var words: [String: String]
    /// The cookies that the answer sets.
    var cookies: [(name: String, value: String)] = []
    private let hasSecret: Bool

    init(_ site: ConsoleSite, _ api: API, _ request: APIRequest, _ path: [String]) {
        self.site = site
        self.api = api
        self.request = request
        self.path = path
        self.nonce = Base64URL.encode(site.random.bytes(16))
        self.query = RequestText.query(request.query) ?? []
        let languages = RequestText.languages(request.header("accept-language"))
        self.languages = languages + [site.settings.locale]
        self.language = Words.language(for: self.languages)
        self.words = site.words.all(self.language, site.settings.vocabulary)
        self.formats = Formats(self.language, zone: site.settings.zone, self.words)
        self.client = PageClient(api, on: request, languages: self.languages)
        self.client.organization = site.cookies.value(of: PageSession.organization, in: request)
        let secret = site.cookies.value(of: PageSession.form, in: request)
        self.hasSecret = secret != nil
        let used = secret ?? Base64URL.encode(site.random.bytes(24))
        self.proof = FormProof(secret: used)
        if secret == nil { self.cookies.append(site.cookies.setting(PageSession.form, to: used)) }
    }

    /// What time it is.
    var now: Instant { self.api.now }

    /// Whether the browser wants something done.
    var isChange: Bool { self.request.method == "POST" }

    /// A field of the query that is not empty.
    func queried(_ name: String) -> String? {
        self.query.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    /// The page of the console from which a form was asked for, and to which it leads back: one with a query.
    ///
    /// It is taken from the address or the form, so that it may lead nowhere but to a page of the console.
    var origin: String? {
        guard let text = (self.isChange ? self.form.first("back") : nil) ?? self.queried("back"),
            text.hasPrefix("/console/"), text.contains("?"), text.utf8.count <= 4_000,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }

    /// A word of the language.
    func word(_ key: String) -> String { self.words[key] ?? key }

    /// The words of a contribution for this visitor.
    func text(_ text: ConsoleText) -> String { text.resolved(for: self.languages, self.site.settings.vocabulary) }

    /// Reads the form, and sees to it that it is one of ours.
    mutating func begin() throws(VisitProblem) {
        guard self.isChange else { return }
        let type = self.request.header("content-type")?.split(separator: ";").first.map { $0.lowercased() }
        guard type == "application/x-www-form-urlencoded",
            let fields = RequestText.query(String(decoding: self.request.body, as: UTF8.self), limit: 5_000),
            self.hasSecret
        else { throw .forged }
        self.form = FormState(fields)
        self.form.choose(Self.slotSuffix)
        guard self.proof.isShown(by: self.form.first("csrf"), in: self.request) else { throw .forged }
        guard self.form.rowsInAll <= FormState.mostRowsInAll else { throw .tooLong }
    }

    // MARK: Who it is

    /// Finds out who has signed in, renewing the session where it has to be.
    mutating func identify() async throws(VisitProblem) {
        self.client.token = self.site.cookies.value(of: PageSession.access, in: self.request)
        if self.client.token == nil { try await self.renew() }
        var answer = await self.client.get("/api/v1/me")
        if answer.status == 401 {
            try await self.renew()
            answer = await self.client.get("/api/v1/me")
        }
        if let problem = VisitProblem(reading: answer) { throw problem }
        let profile = await self.client.get("/api/v1/me/profile").json
        let given = [profile["givenName"]?.string, profile["familyName"]?.string].compactMap { $0 }
            .filter { !$0.isEmpty }.joined(separator: " ")
        self.visitor = Visitor(
            name: profile["displayName"]?.string ?? (given.isEmpty ? profile["email"]?.string ?? "" : given),
            permissions: Set((answer.json["permissions"]?.array ?? []).compactMap(\.string)))
        if let locale = profile["locale"]?.string { self.languages.insert(locale, at: 0) }
        self.language = Words.language(for: self.languages)
        self.words = self.site.words.all(self.language, self.site.settings.vocabulary)
        let zone = profile["timeZone"]?.string.flatMap { try? Zone($0) } ?? self.site.settings.zone
        self.formats = Formats(self.language, zone: zone, self.words)
        self.client.languages = self.languages
    }

    private mutating func renew() async throws(VisitProblem) {
        switch await PageSession(self.site.cookies).renew(self.request, self.client, self.site.renewals) {
        case .renewed(let tokens): self.keep(tokens)
        case .over: throw .signedOut
        case .running: throw .renewing
        case .busy: throw .busy
        }
    }

    /// Puts the tokens of a session into cookies.
    mutating func keep(_ tokens: JSON) {
        self.client.token = tokens["accessToken"]?.string ?? ""
        self.cookies += PageSession(self.site.cookies).keeping(tokens)
    }

    /// Forgets the session.
    mutating func forget() { self.cookies += PageSession(self.site.cookies).forgetting }

    /// Whether the visitor may call an operation at all; what of it is theirs, the API says.
    func may(_ operation: ConsoleModel.Operation?) -> Bool {
        guard let operation else { return false }
        switch operation.access {
        case .everyone, .signedIn: return true
        case .permission(let permission): return self.visitor?.permissions.contains(permission.name) == true
        }
    }
}
