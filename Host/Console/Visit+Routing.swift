internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// What the address leads to.
    mutating func reply() async throws(VisitProblem) -> ConsoleReply {
        if self.path == ["sign-in"] {
            guard self.isChange else { return await self.signInPage() }
            return await self.signIn()
        }
        if self.path.count >= 3, self.path.prefix(2) == ["sign-in", "oidc"] {
            return try await self.signIn(through: self.path[2], Array(self.path.dropFirst(3)))
        }
        if self.path == ["sign-out"], self.isChange { return await self.signOut() }
        try await self.identify()
        let model: ConsoleModel
        do {
            model = try self.api.console
        } catch {
            throw .unfit("\(error)")
        }
        self.model = model
        guard let first = self.path.first else { return try await self.home(model) }
        if let calendar = model.calendars[first] {
            guard self.may(calendar.resource.list) else { throw .notFound }
            return try await self.reply(calendar, Array(self.path.dropFirst()))
        }
        if self.path == ["account"] { return try await self.account() }
        if self.path == ["explain"] { return try await self.explanation() }
        if first == "choices", self.path.count == 2, !self.isChange {
            guard let resource = model[self.path[1]], self.may(resource.list) else { throw .notFound }
            return try await self.lookup(resource)
        }
        guard let resource = model[first], self.may(resource.list) else { throw .notFound }
        return try await self.reply(resource, Array(self.path.dropFirst()))
    }

    private func reply(_ calendar: ConsoleModel.Calendar, _ rest: [String]) async throws(VisitProblem) -> ConsoleReply {
        guard !self.isChange else { throw .notFound }
        switch rest {
        case []: return try await self.calendar(calendar)
        case ["-", "part"]: return try await self.calendarPart(calendar)
        case ["-", "live"]:
            guard let live = calendar.live, self.may(live) else { throw .notFound }
            return .stream(await self.client.listen(live.path, after: self.queried("lastEventId")))
        default: throw .notFound
        }
    }

    private func reply(_ resource: ConsoleModel.Resource, _ rest: [String]) async throws(VisitProblem) -> ConsoleReply {
        switch (rest.count, rest.first ?? "", rest.dropFirst().first ?? "") {
        case (0, _, _) where !self.isChange: return try await self.list(resource)
        case (2, "-", "new"): return try await self.create(resource)
        case (2, "-", "export.csv") where !self.isChange: return try await self.export(resource)
        case (2, "-", "charts") where !self.isChange: return try await self.charts(of: resource)
        case (2, "-", "bulk") where self.isChange: return try await self.bulk(resource)
        case (1, let id, _) where resource.list.name == Self.settingsList:
            return try await self.settings(of: id, resource)
        case (1, let id, _) where !self.isChange: return try await self.item(resource, id)
        case (2, let id, "edit"): return try await self.edit(resource, id)
        case (3, let id, "do"): return try await self.act(resource, id, rest[2])
        default: throw .notFound
        }
    }

    /// The list whose items have a form of their own kind.
    private static let settingsList = "kernel.settings.list"

    // MARK: The menu

    /// The first page of the menu.
    func firstEntry(in model: ConsoleModel) -> String {
        self.sections(in: model, current: nil).first?.entries.first?.address ?? "/console/sign-in"
    }

    private struct Entry {
        let title: String
        let address: String
        let order: Int
        let isCurrent: Bool
    }

    private func sections(
        in model: ConsoleModel, current: String?
    ) -> [(section: ConsoleSection, entries: [Entry])] {
        var entries: [String: [Entry]] = [:]
        var sections: [String: ConsoleSection] = [:]
        func add(_ entry: Entry, in section: ConsoleSection) {
            sections[section.name] = sections[section.name] ?? section
            entries[section.name, default: []].append(entry)
        }
        if model.charts.contains(where: { $0.homeOrder != nil && self.may($0.operation) }) {
            add(
                Entry(
                    title: self.word("today"), address: "/console", order: Int.min,
                    isCurrent: current == Self.homeName), in: .daily)
        }
        let preset = model.entries.first { entry in
            entry.resource == current && !entry.filters.isEmpty
                && entry.filters.allSatisfy { self.queried($0.key) == $0.value }
        }
        for resource in model.resources.values where self.may(resource.list) {
            guard let menu = resource.menu else { continue }
            add(
                Entry(
                    title: self.text(resource.title), address: "/console/\(resource.name)", order: menu.order,
                    isCurrent: resource.name == current && preset == nil), in: menu.section)
        }
        for calendar in model.calendars.values where self.may(calendar.resource.list) {
            add(
                Entry(
                    title: self.text(calendar.title), address: "/console/\(calendar.name)", order: calendar.menu.order,
                    isCurrent: calendar.name == current), in: calendar.menu.section)
        }
        for entry in model.entries {
            guard let resource = model[entry.resource], self.may(resource.list) else { continue }
            let query = entry.filters.sorted { $0.key < $1.key }
                .map { "\(RequestText.encoded($0.key))=\(RequestText.encoded($0.value))" }.joined(separator: "&")
            add(
                Entry(
                    title: self.text(entry.title), address: "/console/\(resource.name)?\(query)", order: entry.order,
                    isCurrent: preset.map { $0.title == entry.title } ?? false), in: entry.section)
        }
        return sections.values.sorted { ($0.order, $0.name) < ($1.order, $1.name) }.map { section in
            (section, (entries[section.name] ?? []).sorted { ($0.order, $0.title) < ($1.order, $1.title) })
        }
    }

    // MARK: Answers

    /// The page that says why there is none.
    mutating func page(for problem: VisitProblem) -> ConsoleReply {
        switch problem {
        case .signedOut:
            self.forget()
            let target = self.isChange ? "/console" : self.target
            return .redirect("/console/sign-in?next=\(RequestText.encoded(target))")
        case .renewing where !self.isChange: return .redirect(self.target)
        case .renewing, .busy: return self.message(429, self.word("failedTitle"), self.word("busy"))
        case .notFound: return self.message(404, self.word("notFoundTitle"), self.word("notFound"))
        case .forged: return self.message(403, self.word("failedTitle"), self.word("forged"))
        case .tooLong: return self.message(413, self.word("failedTitle"), self.word("tooManyRows"))
        case .unfit(let detail): return self.message(500, self.word("failedTitle"), detail)
        case .failed(let id): return self.message(500, self.word("failedTitle"), "\(self.word("failedText")) \(id).")
        }
    }

    /// The address of this page.
    private var target: String { self.request.path + (self.request.query.map { "?\($0)" } ?? "") }

    private func message(_ status: Int, _ title: String, _ text: String) -> ConsoleReply {
        let link: [String: Any] = ["address": "/console", "title": self.word("goOn")]
        let page = ConsoleReply.Page(
            status: status, title: title, template: "console/message",
            context: ["heading": title, "text": text, "link": link])
        return self.visitor == nil ? .alone(page) : .page(page)
    }

    /// The whole answer.
    func response(to reply: ConsoleReply) -> APIResponse {
        switch reply {
        case .redirect(let target):
            return APIResponse(
                status: 303,
                headers: [("location", target), ("cache-control", "no-store")] + self.cookies
                    + PageHeaders.standing(isHTTPS: self.site.settings.isHTTPS))
        case .file(let bytes, let name):
            return APIResponse(
                status: 200,
                headers: [
                    ("content-type", "text/csv; charset=utf-8"), ("cache-control", "no-store"),
                    ("content-disposition", "attachment; filename=\"\(name)\""),
                    ("content-security-policy", "default-src 'none'; sandbox"),
                ] + self.cookies + PageHeaders.standing(isHTTPS: self.site.settings.isHTTPS), body: bytes)
        case .fragment(let text):
            return APIResponse(
                status: 200,
                headers: PageHeaders.page(nonce: self.nonce, isHTTPS: self.site.settings.isHTTPS) + self.cookies,
                body: Array(text.utf8))
        case .stream(let answer): return self.passed(answer)
        case .json(let json):
            return APIResponse(
                status: 200,
                headers: [
                    ("content-type", "application/json"), ("cache-control", "no-store"),
                    ("content-security-policy", "default-src 'none'; sandbox"),
                ] + self.cookies + PageHeaders.standing(isHTTPS: self.site.settings.isHTTPS), body: json.serialized)
        case .leave(let target):
            let page = ConsoleReply.Page(
                title: self.word("leaving"), template: "console/leave", context: ["address": target])
            var response = self.response(to: .alone(page))
            // No redirect: a form may lead only to ourselves, its redirects included (CSP 3, form-action).
            response.headers.append(("refresh", "0; url=\(target)"))
            return response
        case .page(let page): return self.response(page, self.framed(page), kind: "console")
        case .alone(let page):
            var context = page.context
            context.merge(self.standing) { own, _ in own }
            return self.response(page, self.site.library.render(page.template, context), kind: "alone")
        }
    }

    /// A stream of the API, under the headers of pages.
    private func passed(_ answer: APIResponse) -> APIResponse {
        var response = answer
        let kept = ["content-type", "cache-control", "x-accel-buffering", "retry-after"]
        response.headers =
            answer.headers.filter { kept.contains($0.name) } + self.cookies
            + PageHeaders.standing(isHTTPS: self.site.settings.isHTTPS)
        return response
    }

    /// What every template may show.
    var standing: [String: Any] {
        [
            "w": self.words, "brand": self.site.settings.brand, "csrf": self.proof.token, "lang": self.language,
        ]
    }

    private func framed(_ page: ConsoleReply.Page) -> String {
        var context = page.context
        context.merge(self.standing) { own, _ in own }
        let content = self.site.library.render(page.template, context)
        var sections: [[String: Any]] = []
        if let model = self.model {
            for (section, entries) in self.sections(in: model, current: page.resource) {
                let lines: [[String: Any]] = entries.map {
                    ["title": $0.title, "address": $0.address, "isCurrent": $0.isCurrent]
                }
                sections.append(["title": self.text(section.title), "entries": lines])
            }
        }
        var frame = self.standing
        let done = self.queried("did").flatMap { ["saved", "made", "acted"].contains($0) ? $0 : nil }
        frame["content"] = content
        frame["sections"] = sections
        frame["who"] = self.visitor?.name ?? ""
        frame["notice"] = orHidden(done.map { ["text": self.word($0), "tone": "good"] })
        return self.site.library.render("console/frame", frame)
    }

    private func response(_ page: ConsoleReply.Page, _ content: String, kind: String) -> APIResponse {
        let shell = PageShell(
            title: page.title, brand: self.site.settings.brand, language: self.language, kind: kind,
            styles: page.styles.map { "console/\($0).css" }, scripts: page.scripts.map { "console/\($0).js" },
            nonce: self.nonce)
        return APIResponse(
            status: page.status,
            headers: PageHeaders.page(nonce: self.nonce, isHTTPS: self.site.settings.isHTTPS) + self.cookies,
            body: shell.render(content, self.site.library, self.site.settings.color, under: "/console"))
    }
}
