internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// Names of pages: what can be booked is reached by its id where it is called like one of them.
    static let reserved: Set<String> = ["assets", "widget.js", "manage", "waitlist"]

    /// What the address leads to.
    mutating func reply() async throws(VisitProblem) -> Reply {
        do {
            self.flow = try self.api.bookingPages
        } catch {
            throw .unfit("\(error)")
        }
        guard self.flow != nil else { throw .notFound }
        try await self.identify()
        switch (self.path.first, self.path.dropFirst().first, self.path.count) {
        case (nil, _, _) where !self.isChange: return try await self.offersPage()
        case ("manage", let part, 1...2): return try await self.manage(part)
        case ("waitlist", let part, 1...2): return try await self.waitlist(part)
        case (let offer?, nil, 1): return try await self.times(of: offer)
        case (let offer?, "details", 2): return try await self.details(of: offer)
        case (let offer?, "wait", 2): return try await self.wait(for: offer)
        default: throw .notFound
        }
    }

    // MARK: Answers

    /// The page that says why there is none.
    mutating func page(for problem: VisitProblem) -> Reply {
        switch problem {
        case .renewing where !self.isChange:
            return .redirect(self.request.path + (self.request.query.map { "?\($0)" } ?? ""))
        case .renewing, .busy: return self.busyPage()
        case .notFound, .signedOut: return self.message(404, self.word("notFoundTitle"), self.word("notFound"))
        case .forged where self.isWithoutCookies:
            return self.message(
                403, self.word("bookNoCookiesTitle"), self.word("bookNoCookies"),
                link: (self.address(self.path, [("embed", nil), ("origin", nil)]), self.word("bookNewTab")))
        case .forged: return self.message(403, self.word("failedTitle"), self.word("bookForged"))
        case .tooLong: return self.message(413, self.word("failedTitle"), self.word("tooManyRows"))
        case .unfit(let detail): return self.message(500, self.word("failedTitle"), detail)
        case .failed(let id):
            return self.message(500, self.word("failedTitle"), "\(self.word("failedText")) \(id).")
        }
    }

    /// The page that asks for patience.
    func busyPage(_ retryAfter: Int? = nil) -> Reply {
        let seconds = retryAfter ?? 60
        let text = self.word("bookBusy", ["seconds": self.formats.decimal("\(max(seconds, 1))")])
        return .page(
            Reply.Page(
                status: 429, title: self.word("failedTitle"), template: "book/message",
                context: self.messageContext(self.word("failedTitle"), text), retryAfter: max(seconds, 1)))
    }

    /// A page that says one thing.
    func message(
        _ status: Int, _ title: String, _ text: String, link: (address: String, title: String)? = nil
    ) -> Reply {
        .page(
            Reply.Page(
                status: status, title: title, template: "book/message",
                context: self.messageContext(title, text, link)))
    }

    private func messageContext(
        _ title: String, _ text: String, _ link: (address: String, title: String)? = nil
    ) -> [String: Any] {
        let link = link ?? (self.address(), self.word("bookBegin"))
        return [
            "heading": title, "text": text,
            "link": ["address": link.address, "title": link.title, "isElsewhere": self.isWithoutCookies],
        ]
    }

    /// The whole answer.
    func response(to reply: Reply) -> APIResponse {
        let standing = PageHeaders.standing(isHTTPS: self.site.settings.isHTTPS)
        switch reply {
        case .redirect(let target):
            return APIResponse(
                status: 303,
                headers: [("location", target), ("cache-control", "no-store")] + self.setCookies + standing)
        case .file(let bytes, let type, let name):
            return APIResponse(
                status: 200,
                headers: [
                    ("content-type", type), ("cache-control", "no-store"),
                    ("content-disposition", "attachment; filename=\"\(name)\""),
                    ("content-security-policy", "default-src 'none'; sandbox"),
                ] + self.setCookies + standing, body: bytes)
        case .page(let page): return self.response(page)
        }
    }

    /// The page of another site's in whose frame this one stands, where that is one of those that may.
    private var parent: String? {
        guard self.isFramed else { return nil }
        return self.queried("origin").flatMap { self.site.settings.embedders.contains($0) ? $0 : nil }
    }

    private func response(_ page: Reply.Page) -> APIResponse {
        let standing: [String: Any] = [
            "w": self.words, "brand": self.site.settings.brand, "csrf": self.proof.token, "lang": self.language,
            "once": Base64URL.encode(self.site.random.bytes(16)),
        ]
        let content = self.site.library.render(page.template, page.context.merging(standing) { own, _ in own })
        let names = ["en": "English", "de": "Deutsch", "fr": "Français"]
        let languages: [[String: Any]] = Words.languages.map {
            [
                "tag": $0, "name": names[$0] ?? $0, "isCurrent": $0 == self.language,
                "address": self.same([("lang", $0)]),
            ]
        }
        let titles = ["bookStepWhat", "bookStepWhen", "bookStepWho"]
        let steps: [[String: Any]] = titles.enumerated().map { index, key in
            ["title": self.word(key), "isCurrent": index + 1 == page.step, "isDone": index + 1 < page.step ?? 0]
        }
        let target = self.isChange ? BookingSite.root : self.same([])
        var frame = standing
        frame["content"] = content
        frame["home"] = self.address()
        frame["manage"] = self.address(["manage"])
        frame["languages"] = languages
        frame["steps"] = orHidden(page.step.map { _ in ["steps": steps] })
        frame["isFramed"] = self.isFramed
        frame["parent"] = orHidden(self.parent)
        frame["who"] = orHidden(self.visitor)
        frame["signIn"] = "/console/sign-in?next=\(RequestText.encoded(target))"
        let files = ["embed"].filter { _ in self.parent != nil } + page.scripts
        let shell = PageShell(
            title: page.title, brand: self.site.settings.brand, language: self.language,
            kind: self.isFramed ? "book framed" : "book", styles: ["book/book.css"],
            scripts: files.map { "book/\($0).js" }, nonce: self.nonce)
        let retry = page.retryAfter.map { [(name: "retry-after", value: "\($0)")] } ?? []
        return APIResponse(
            status: page.status,
            headers: PageHeaders.page(
                nonce: self.nonce, isHTTPS: self.site.settings.isHTTPS,
                embedders: self.isFramed ? self.site.settings.embedders : []) + self.setCookies + retry,
            body: shell.render(
                self.site.library.render("book/frame", frame), self.site.library, self.site.settings.color,
                under: BookingSite.root))
    }
}
