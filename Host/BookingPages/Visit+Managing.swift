internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// A booking with who may look after it here.
struct Managed {
    let json: JSON
    /// Asks as whoever it belongs to.
    let client: PageClient
    /// What addresses name it by, where it is not the guest's token alone that leads to it.
    let fields: [(name: String, value: String?)]
    /// Whether it is looked at with a guest's token.
    let isGuest: Bool

    var id: String { self.json["id"]?.string ?? "" }
    var allowed: Set<String> { Set((self.json["allowed"]?.array ?? []).compactMap(\.string)) }
    var version: String? { self.json["version"]?.int.map { "\"\($0)\"" } }
}

extension Visit {
    /// Everything below `/book/manage`.
    mutating func manage(_ part: String?) async throws(VisitProblem) -> Reply {
        switch part {
        case nil where self.isChange: return try await self.open()
        case "resend" where self.isChange: return try await self.resend()
        case "close" where self.isChange:
            self.setCookies.append(self.cookies.setting(Self.guestCookie, to: ""))
            return .redirect(self.address())
        default: break
        }
        guard let managed = try await self.managed() else {
            guard part == nil else { return .redirect(self.address(["manage"])) }
            // Whoever has signed in may still have come by the link of a mail, and brings its code.
            return self.openPage(status: self.visitor != nil && self.queried("booking") != nil ? 404 : 200)
        }
        switch part {
        case nil: return try await self.managedPage(managed)
        case "calendar.ics" where !self.isChange: return try await self.calendar(managed)
        case "cancel": return try await self.cancel(managed)
        case "reschedule": return try await self.reschedule(managed)
        case "answers": return try await self.changeAnswers(managed)
        default: throw .notFound
        }
    }

    /// The booking to which the guest's token leads, the one of its series that is named, or one of whoever has signed
    /// in.
    private func managed() async throws(VisitProblem) -> Managed? {
        let id = self.queried("booking")
        let fields = self.naming
        if let id, self.visitor != nil {
            let own = await self.client.get(try self.operation(.read).path(of: id))
            if own.isFine { return Managed(json: own.json, client: self.client, fields: fields, isGuest: false) }
            if own.status == 429 { throw .busy }
            if own.status >= 500 { throw .failed(own.requestID) }
        }
        guard let client = self.guest(by: Self.guestCookie) else { return nil }
        let step = try self.operation(id == nil ? .current : .read)
        let answer = await client.get(step.path(of: id ?? ""))
        if answer.status == 429 { throw .busy }
        return answer.isFine ? Managed(json: answer.json, client: client, fields: fields, isGuest: true) : nil
    }

    /// What names the booking in addresses.
    private var naming: [(name: String, value: String?)] { self.queried("booking").map { [("booking", $0)] } ?? [] }

    // MARK: Getting at it

    /// The page that asks for the code of a booking, or sends it again.
    private func openPage(
        status: Int = 200, problem: String? = nil, done: String? = nil
    ) -> Reply {
        .page(
            Reply.Page(
                status: status, title: self.word("bookManage"), template: "book/open",
                context: [
                    "address": self.address(["manage"], self.naming), "resend": self.address(["manage", "resend"]),
                    "problem": orHidden(problem.map { ["text": $0] }), "done": orHidden(done.map { ["text": $0] }),
                    "email": self.form.first("email") ?? "", "number": self.form.first("number") ?? "",
                    "signIn": orHidden(self.signIn(to: "manage", naming: "booking")),
                ], scripts: ["open"]))
    }

    /// Where whoever comes by the link of a mail signs in first: customers with an account were sent no code.
    ///
    /// - Returns: `nil` when they have signed in, in frames, where nobody can, and where the address names nothing.
    func signIn(to page: String, naming name: String) -> String? {
        guard self.visitor == nil, !self.isFramed, let id = self.queried(name) else { return nil }
        return self.signIn(self.address([page], [(name, id)]))
    }

    /// Whether a text can be the token of a guest, and stand in a cookie.
    static func isToken(_ text: String) -> Bool {
        (1...200).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isTokenByte }
    }

    /// Takes the code of a booking, which stays in a cookie from now on and never in an address.
    private mutating func open() async throws(VisitProblem) -> Reply {
        let token = (self.form.first("token") ?? "").filter { !$0.isWhitespace }
        guard Self.isToken(token) else {
            return self.openPage(status: 422, problem: self.word("bookWrongCode"))
        }
        let guest = self.guest(with: token)
        let answer = await guest.get(try self.operation(.current).path)
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        guard answer.isFine else { return self.openPage(status: 422, problem: self.word("bookWrongCode")) }
        self.setCookies.append(self.cookies.setting(Self.guestCookie, to: token))
        // A code that was typed in may be that of another booking than the address names.
        var isNamed = false
        if let id = self.queried("booking") {
            isNamed = await guest.get(try self.operation(.read).path(of: id)).isFine
        }
        return .redirect(self.address(["manage"], isNamed ? self.naming : []))
    }

    /// Has the code of a booking mailed again; the answer is the same whether there is such a booking or not.
    private func resend() async throws(VisitProblem) -> Reply {
        let answer = try await self.send(
            .resend, "",
            [
                "email": .string(self.form.first("email") ?? ""), "number": .string(self.form.first("number") ?? ""),
            ])
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        guard answer.isFine else {
            return self.openPage(status: answer.status, problem: self.word("bookWrongResend"))
        }
        return self.openPage(done: self.word("bookResent"))
    }

    // MARK: Looking at it

    private func managedPage(
        _ managed: Managed, status: Int = 200, problem: String? = nil
    ) async throws(VisitProblem) -> Reply {
        let json = managed.json
        let state = json["status"]?.string ?? ""
        let zone = self.zone(json["timeZone"]?.string)
        let given = await self.answers(with: managed)
        let series = await self.series(of: managed)
        let did = self.queried("did").flatMap { ["booked", "cancelled", "moved", "answered"].contains($0) ? $0 : nil }
        let token = self.cookies.value(of: Self.guestCookie, in: self.request)
        let isFresh = did == "booked" && managed.isGuest
        let notice = did.map { self.word("bookDid\($0.prefix(1).uppercased())\($0.dropFirst())") }
        let place = self.client.organization.map { "?organization=\(RequestText.encoded($0))" } ?? ""
        let link = token.map { "\(self.origin)\(BookingSite.root)/manage\(place)#token=\($0)" }
        return .page(
            Reply.Page(
                status: status, title: json["eventType"]?["name"]?.string ?? "", template: "book/managed",
                context: [
                    "heading": json["eventType"]?["name"]?.string ?? "", "number": json["number"]?.string ?? "",
                    "state": self.stateWord(state),
                    "tone": Self.tone(of: state), "isPending": state == "pending",
                    "waits": state == "pending" ? self.word("bookPendingText") : "",
                    "expires": orHidden(
                        Self.instant(json["expiresAt"]).map { self.formats.instant($0, in: zone) }),
                    "facts": self.facts(of: json, zone), "answers": given.items, "hasAnswers": given.isShown,
                    "answering": orHidden(given.address), "isMissing": given.isMissing, "series": series,
                    "hasSeries": !series.isEmpty,
                    "notice": orHidden(notice.map { ["text": $0] }), "problem": orHidden(problem.map { ["text": $0] }),
                    "calendar": self.address(["manage", "calendar.ics"], managed.fields),
                    "cancel": orHidden(
                        managed.allowed.contains("cancel")
                            ? self.address(["manage", "cancel"], managed.fields) : nil),
                    "reschedule": orHidden(
                        managed.allowed.contains("reschedule")
                            ? self.address(["manage", "reschedule"], managed.fields) : nil),
                    "link": orHidden(isFresh ? link : nil), "close": self.address(["manage", "close"]),
                    "isGuest": managed.isGuest, "opening": self.address(["manage"], managed.fields),
                    "again": self.address([json["eventType"]?["slug"]?.string ?? ""]),
                    // Whoever comes by the link of another mail means that one.
                ], scripts: managed.isGuest ? ["open"] : []))
    }

    /// What links to these pages begin with, as the browser knows it.
    private var origin: String {
        "\(self.site.settings.isHTTPS ? "https" : "http")://\(self.request.header("host") ?? "")"
    }

    /// What a state of a booking is called.
    private func stateWord(_ state: String) -> String {
        self.site.words.text("bookState.\(state)", self.language, self.site.settings.vocabulary) ?? state
    }

    /// What was booked together with it, each with the way to it; nothing where it was booked alone.
    private func series(of managed: Managed) async -> [[String: Any]] {
        guard let operation = self.flow?[.series], let id = managed.json["series"]?["id"]?.string else { return [] }
        let answer = await managed.client.get(operation.path(of: id))
        let zone = self.zone(managed.json["timeZone"]?.string)
        return (answer.json["occurrences"]?.array ?? []).map { occurrence in
            let booking = occurrence["booking"]?.string ?? ""
            let state = occurrence["status"]?.string ?? ""
            return [
                "title": self.period(Self.instant(occurrence["start"]), Self.instant(occurrence["end"]), in: zone),
                "state": self.stateWord(state), "tone": Self.tone(of: state), "isCurrent": booking == managed.id,
                "address": self.address(["manage"], [("booking", booking)]),
            ]
        }
    }

    private static func tone(of state: String) -> String {
        switch state {
        case "confirmed", "completed": "good"
        case "pending": "warning"
        case "inProgress": "info"
        case "rejected", "noShow": "bad"
        default: ""
        }
    }

    /// What was booked: when, with whom, where, for how much.
    func facts(of json: JSON, _ zone: Zone) -> [[String: Any]] {
        let hosts = (json["hosts"]?.array ?? []).compactMap { $0["name"]?.string }
        let names = hosts.isEmpty ? [json["provider"]?["name"]?.string].compactMap { $0 } : hosts
        let seats = json["seats"]?.int ?? 1
        let lines = [
            (self.word("bookWhen"), self.period(Self.instant(json["start"]), Self.instant(json["end"]), in: zone)),
            (self.word("inZone"), zone.name), (self.word("bookWith"), names.joined(separator: ", ")),
            (self.word("bookWhere"), self.place(json["place"]).joined(separator: "\n")),
            (self.word("bookSeats"), seats > 1 ? "\(seats)" : ""), (self.word("bookPrice"), self.price(json["price"])),
            (self.word("bookNotes"), json["notes"]?.string ?? ""),
            (self.word("bookNumber"), json["number"]?.string ?? ""),
        ]
        return lines.filter { !$0.1.isEmpty }.map { ["title": $0.0, "text": $0.1] }
    }

    private func calendar(_ managed: Managed) async throws(VisitProblem) -> Reply {
        let answer = await managed.client.get(try self.operation(.calendar).path(of: managed.id))
        if let problem = VisitProblem(reading: answer) { throw problem }
        return .file(answer.body, type: "text/calendar; charset=utf-8", name: "calendar.ics")
    }
}

extension UInt8 {
    /// Whether it may stand in a token (RFC 4648, base64url).
    fileprivate var isTokenByte: Bool {
        (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || (0x30...0x39).contains(self)
            || self == UInt8(ascii: "-") || self == UInt8(ascii: "_")
    }
}
