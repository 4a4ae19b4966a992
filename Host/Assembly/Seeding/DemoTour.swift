internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// What somebody who starts the demo can try at once: an account and a time that is free.
public struct DemoTour: Sendable {
    /// A booking that would succeed now.
    public struct Sample: Sendable {
        /// What would be booked, as the API names it.
        public let eventType: String
        /// Its name for people.
        public let name: String
        /// With whom, as the API names them.
        public let provider: String
        /// When, as RFC 3339.
        public let start: String
    }

    /// Who would book.
    public let account: SeedReport.Account
    /// What could be booked; `nil` when nothing is free in the next weeks.
    public let sample: Sample?

    /// Looks for a free time through the API, as a client would.
    ///
    /// - Parameters:
    ///   - deployment: A deployment with its demo data.
    ///   - report: What seeding it led to.
    /// - Returns: `nil` when no customer's passphrase is known.
    /// - Throws: ``AlmanacStorage/StorageError`` when the database cannot be had.
    public static func plan(_ deployment: Deployment, after report: SeedReport) async throws -> DemoTour? {
        guard let account = report.accounts.first(where: { $0.role == .customer && $0.passphrase != nil }),
            let passphrase = account.passphrase
        else { return nil }
        let organization = try await deployment.organization()
        let visitor = DemoVisitor(api: deployment.api, organization: organization)
        let sample = await visitor.findSample(account.email, passphrase, now: SystemClock().now)
        return DemoTour(account: account, sample: sample)
    }
}

extension DemoVisitor {
    /// A time that is free at least a day ahead, so that it can still be booked later today; else any.
    fileprivate func findSample(_ email: String, _ passphrase: String, now: Instant) async -> DemoTour.Sample? {
        guard let token = await self.signIn(email, passphrase) else { return nil }
        let types = await self.send("GET", "/api/v1/event-types", token: token).json["items"]?.array ?? []
        let today = self.organization.zone.localDate(at: now)
        var sooner: DemoTour.Sample?
        for type in types {
            guard let id = type["id"]?.string else { continue }
            let days = "from=\(today)&to=\(today.adding(days: 20))"
            let query = "eventType=\(id)&\(days)&timeZone=\(self.organization.zone.name)"
            let slots = await self.send("GET", "/api/v1/slots", query: query, token: token).json["items"]?.array ?? []
            let samples = slots.compactMap { slot in Self.sample(id, type, slot) }
            let tomorrow = now.adding(seconds: 86_400)
            let later = samples.first { sample in Instant(rfc3339: sample.start).map { $0 > tomorrow } ?? false }
            if let later { return later }
            sooner = sooner ?? samples.first
        }
        return sooner
    }

    private static func sample(_ id: String, _ type: JSON, _ slot: JSON) -> DemoTour.Sample? {
        guard let provider = slot["provider"]?.string, let start = slot["start"]?.string else { return nil }
        return DemoTour.Sample(eventType: id, name: type["name"]?.string ?? "", provider: provider, start: start)
    }
}
