internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

/// What somebody has chosen on the way to a time: whom, where, how many, how often and in which zone they read times.
struct Choice {
    let provider: String?
    let location: String?
    let seats: Int
    /// How many weeks in a row; 1 for once.
    let weeks: Int
    /// What people are called, by id.
    let people: [(id: String, name: String)]
    let places: [(id: String, name: String)]
    let zone: Zone
    /// The zone that holds when nobody chooses one.
    let usualZone: Zone
    /// The most seats that one may book.
    let mostSeats: Int
    /// The most weeks in a row.
    let mostWeeks: Int

    /// The fields as they stand in addresses.
    var fields: [(name: String, value: String?)] {
        [
            ("provider", self.provider), ("location", self.location), ("seats", self.seats > 1 ? "\(self.seats)" : nil),
            ("weeks", self.weeks > 1 ? "\(self.weeks)" : nil),
        ]
    }
}

extension Visit {
    /// What the query or the form says was chosen, as far as it can be.
    func choice(of offer: JSON) async throws(VisitProblem) -> Choice {
        func stated(_ name: String) -> String? {
            // The form with the details keeps what was chosen in its address.
            let text = (self.isChange ? self.form.first(name) : nil) ?? self.queried(name)
            return text.flatMap { $0.isEmpty ? nil : $0 }
        }
        let givers = Set((offer["providers"]?.array ?? []).compactMap(\.string))
        let everybody = try await self.list(.people).filter { givers.contains($0["id"]?.string ?? "") }
        let isChosen = offer["hosting"]?["choice"]?.string != "timeOnly" && everybody.count > 1
        let people = everybody.map { (id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "") }
        let provider = isChosen ? stated("provider").flatMap { id in people.first { $0.id == id }?.id } : nil
        var places: [(id: String, name: String)] = []
        let offered = Set((offer["place"]?["locations"]?.array ?? []).compactMap(\.string))
        if offer["place"]?["kind"]?.string == "location", offered.count > 1 {
            places = try await self.list(.places).filter { offered.contains($0["id"]?.string ?? "") }
                .map { (id: $0["id"]?.string ?? "", name: $0["name"]?.string ?? "") }
        }
        let location = stated("location").flatMap { id in places.first { $0.id == id }?.id } ?? places.first?.id
        // Whoever is booked is where the times are meant; several may be in several zones.
        let whose = provider.map { id in everybody.filter { $0["id"]?.string == id } } ?? everybody
        let zones = Set(whose.compactMap { $0["timeZone"]?.string })
        let usual = zones.count == 1 ? self.zone(zones.first) : self.site.settings.zone
        let capacity = max(offer["capacity"]?.int ?? 1, 1)
        let isSeries =
            offer["allowsSeries"]?.bool == true && self.flow?[self.isOwn ? .holdSeriesOwn : .holdSeries] != nil
            && (self.isOwn || self.visitor == nil)
        let mostWeeks = isSeries ? min(offer["seriesOccurrences"]?.int ?? 12, 26) : 1
        return Choice(
            provider: provider, location: location,
            seats: min(max(stated("seats").flatMap { Int($0) } ?? 1, 1), 100),
            weeks: min(max(stated("weeks").flatMap { Int($0) } ?? 1, 1), mostWeeks), people: isChosen ? people : [],
            places: places, zone: stated("zone").flatMap { try? Zone($0) } ?? usual, usualZone: usual,
            mostSeats: capacity, mostWeeks: mostWeeks)
    }
}
