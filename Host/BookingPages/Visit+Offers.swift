internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The first page: what can be booked.
    func offersPage() async throws(VisitProblem) -> Reply {
        let answer = await self.client.get(try self.operation(.offers).path, [("limit", "200")])
        if ["organization_required", "unknown_organization"].contains(answer.code) { return self.organizationPage }
        if answer.status == 429 { return self.busyPage(answer.retryAfter) }
        if let problem = VisitProblem(reading: answer) { throw problem }
        let offers = answer.json["items"]?.array ?? []
        let dates = try await self.comingDates(of: nil, most: 20)
        let names = Dictionary(
            offers.compactMap { offer in
                offer["id"]?.string.map { ($0, (slug: Self.step(of: offer), name: offer["name"]?.string ?? "")) }
            }, uniquingKeysWith: { first, _ in first })
        let withDates = Set(dates.compactMap { $0["eventType"]?.string })
        // What is given at certain dates only has nobody to choose a time of.
        let shown = offers.filter { offer in
            !(offer["providers"]?.array ?? []).isEmpty || !withDates.contains(offer["id"]?.string ?? "")
        }
        let cards: [[String: Any]] = shown.map { offer in
            [
                "name": offer["name"]?.string ?? "", "address": self.address([Self.step(of: offer)]),
                "span": self.span(offer["durationMinutes"]?.int ?? 0), "price": self.price(offer["price"]),
                "isPending": offer["requiresApproval"]?.bool == true,
                "place": orHidden(self.placeWord(offer["place"])),
            ]
        }
        let lines: [[String: Any]] = dates.map { date in
            let offer = names[date["eventType"]?.string ?? ""]
            return self.dateContext(date, offer: offer?.name, address: self.address([offer?.slug ?? "-"]))
        }
        return .page(
            Reply.Page(
                title: self.word("bookWhat"), template: "book/offers",
                context: [
                    "offers": cards, "hasOffers": !cards.isEmpty, "dates": lines, "hasDates": !lines.isEmpty,
                    "isEmpty": cards.isEmpty && lines.isEmpty,
                ], step: 1))
    }

    /// What stands in addresses for something that can be booked.
    static func step(of offer: JSON) -> String {
        let slug = offer["slug"]?.string ?? ""
        return Self.reserved.contains(slug) || slug.isEmpty ? offer["id"]?.string ?? "-" : slug
    }

    private func placeWord(_ place: JSON?) -> String? {
        switch place?["kind"]?.string {
        case "customer": self.word("bookAtYours")
        case "phone": self.word("bookByPhone")
        case "video": self.word("bookByVideo")
        default: nil
        }
    }

    /// The page that asks at which organization, where the deployment has several.
    private var organizationPage: Reply {
        .page(
            Reply.Page(
                status: self.queried("organization") == nil ? 200 : 404, title: self.word("organization"),
                template: "book/organization",
                context: [
                    "address": BookingSite.root, "along": self.along(except: ["organization"]),
                    "organization": self.queried("organization") ?? "",
                    "isUnknown": self.queried("organization") != nil,
                ]))
    }

    // MARK: Dates with seats

    /// The dates that are still to come, by start.
    func comingDates(of offer: String?, most: Int) async throws(VisitProblem) -> [JSON] {
        guard self.flow?[.dates] != nil else { return [] }
        let today = self.site.settings.zone.local(at: self.now).date
        let found = try await self.read(
            .dates, "",
            [
                ("eventType", offer), ("status", "scheduled"), ("from", "\(today)"), ("limit", "\(min(most, 200))"),
            ])
        return (found["items"]?.array ?? []).filter { date in
            Self.instant(date["end"]).map { self.now < $0 } ?? false
        }
    }

    /// A date with its seats.
    func dateContext(_ date: JSON, offer: String? = nil, address: String) -> [String: Any] {
        let zone = self.zone(date["timeZone"]?.string)
        let seats = date["seatsLeft"]?.int ?? 0
        let isOpen =
            Self.instant(date["bookableFrom"]).map { $0 <= self.now } ?? true
            && Self.instant(date["bookableUntil"]).map { self.now <= $0 } ?? true
        let hosts = (date["hosts"]?.array ?? []).compactMap { $0["name"]?.string }.joined(separator: ", ")
        return [
            "id": date["id"]?.string ?? "", "title": date["title"]?.string ?? offer ?? "", "address": address,
            "about": orHidden(date["description"]?.string),
            "period": self.period(Self.instant(date["start"]), Self.instant(date["end"]), in: zone),
            "zone": zone.name, "hosts": orHidden(hosts.isEmpty ? nil : hosts), "price": self.price(date["price"]),
            "seats": self.seatsLeft(seats), "isFull": seats == 0, "isFew": (1...3).contains(seats),
            "canBook": seats > 0 && isOpen, "canWait": seats == 0 && isOpen && self.flow?[.wait] != nil,
            "isClosed": !isOpen,
        ]
    }

    /// How many seats are left, in words.
    func seatsLeft(_ seats: Int) -> String {
        switch seats {
        case ...0: self.word("bookFull")
        case 1: self.word("bookOneSeat")
        default: self.word("bookSeatsLeft", ["count": "\(seats)"])
        }
    }
}
