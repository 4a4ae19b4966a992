package import AlmanacKernel
package import AlmanacStorage
package import AlmanacSurface
internal import BookingsAPI

/// A synthetic period of a business: customers look for appointments, hold, book, move and call them off, come or do not
/// come, and the staff approve, decline and take note; all through the API, under a virtual clock.
///
/// What can be booked is what the organization has: its event types, providers, hours and policies. One thing happens
/// after the other, so that the same seed gives the same report.
package struct BookingSimulation {
    let plan: SimulationPlan
    let runtime: Runtime
    let api: API
    let clock: ManualClock
    let organization: Organization
    let start: Instant
    let end: Instant
    var random: SimulatedChance
    var agenda = SimulatedAgenda()
    var report: SimulationReport
    var staff: SimulatedClient
    var customers: [SimulatedClient] = []
    var eventTypes: [SimulatedOffer] = []
    /// How many minutes all providers together are open on a day, on average.
    private var openMinutesADay = 0

    /// Prepares a simulation that begins where the clock stands.
    ///
    /// - Parameters:
    ///   - plan: What is simulated.
    ///   - runtime: A platform on a database that may be thrown away afterwards.
    ///   - api: Its API.
    ///   - clock: Its clock.
    ///   - organization: The business, with its catalog.
    package init(
        _ plan: SimulationPlan, on runtime: Runtime, _ api: API, _ clock: ManualClock, _ organization: Organization
    ) {
        self.plan = plan
        self.runtime = runtime
        self.api = api
        self.clock = clock
        self.organization = organization
        self.start = clock.now
        self.end = clock.now.adding(minutes: Int64(plan.weeks) * 7 * 1_440)
        self.random = SimulatedChance(seed: plan.seed)
        self.report = SimulationReport(plan, from: self.start, to: self.end)
        self.report.currency = organization.currency
        self.staff = SimulatedClient(
            api, organization: organization.slug, email: "staff@simulation.example", password: Self.password,
            address: "192.0.2.1")
    }

    static let password = "a simulated passphrase of nobody"

    /// Runs it.
    ///
    /// - Returns: What came of it.
    /// - Throws: What the platform throws when it fails rather than refuses.
    package mutating func run() async throws -> SimulationReport {
        try await self.prepare()
        var day = self.start
        while day < self.end {
            let next = day.adding(minutes: 1_440)
            self.planWishes(from: day, to: next)
            while let event = self.agenda.next(before: next) {
                self.clock.set(max(event.at, self.clock.now))
                try await self.act(event.deed)
            }
            self.clock.set(next)
            try await self.runJobs()
            if next.microseconds(since: self.start) % (7 * TimeSpan.day) == 0 { try await self.check() }
            day = next
        }
        // What was booked for later still takes place or not; the books are closed now.
        try await self.check()
        try await self.summarize()
        return self.report
    }

    // MARK: Before

    private mutating func prepare() async throws {
        try await self.makeAccount(self.staff.email, .admin)
        for number in 0..<self.plan.customers {
            let email = "customer-\(number)@simulation.example"
            try await self.makeAccount(email, .customer)
            self.customers.append(
                SimulatedClient(
                    self.api, organization: self.organization.slug, email: email, password: Self.password,
                    address: "198.51.100.\(number % 250 + 1)"))
        }
        let listed = try await self.staff.get("/api/v1/event-types?limit=200")
        self.eventTypes = listed.json["items"]?.array?.compactMap { SimulatedOffer($0) } ?? []
        guard !self.eventTypes.isEmpty else { throw SimulationFailure(request: "what can be booked", listed) }
        self.openMinutesADay =
            try await self.utilization(nil).reduce(0) { $0 + $1.openMinutes } / (self.plan.weeks * 7)
    }

    private func makeAccount(_ email: String, _ role: Role) async throws {
        _ = try await self.runtime.identity.createUser(
            email: EmailAddress(email), password: Self.password, role: role, in: self.organization.id,
            actor: .system("simulation"), origin: Origin(.cli))
    }

    /// Draws when customers want something on a day: as often as the demand asks for, minute by minute.
    private mutating func planWishes(from day: Instant, to next: Instant) {
        // Of a million for each minute; what one wish takes is its length, shared by those who share a session.
        let length = max(1, self.eventTypes.reduce(0) { $0 + $1.minutes / $1.capacity } / self.eventTypes.count)
        let chance = UInt64(max(0, self.openMinutesADay * self.plan.demand * 10_000 / length / 1_440))
        var at = day
        while at < next {
            if self.random.next() % 1_000_000 < chance { self.agenda.add(.wish, at: at) }
            at = at.adding(minutes: 1)
        }
    }

    // MARK: Between

    private func runJobs() async throws {
        while try await self.runtime.scheduler.step() > 0 {}
        while try await self.runtime.bus.step().hasMore {}
    }

    private func inspect() async throws -> BookingInspection {
        try await self.runtime.database.entering(BookingsSchema.room).read(in: .organization(self.organization.id)) {
            try BookingInspection(in: $0)
        }
    }

    private mutating func check() async throws {
        self.report.checks += 1
        let found = try await self.inspect().violations().map(\.description)
        for violation in found where !self.report.violations.contains(violation) {
            self.report.violations.append(violation)
        }
    }

    // MARK: After

    private mutating func summarize() async throws {
        let inspection = try await self.inspect()
        self.report.statuses = inspection.counts
        self.report.fees = inspection.fees
        self.report.waived = inspection.waivedFees
        self.report.utilization = try await self.utilization(inspection)
    }

    /// How busy everybody was; with nothing booked, when nothing has been looked at.
    private func utilization(_ inspection: BookingInspection?) async throws -> [SimulationReport.Utilization] {
        let (organizations, start, end) = (self.runtime.organizations, self.start, self.end)
        return try await self.runtime.database.entering(BookingsSchema.room).read(
            in: .organization(self.organization.id)
        ) { tx in
            try CatalogStore(organizations: organizations).unshared(in: tx).providers.map { provider in
                SimulationReport.Utilization(
                    provider: provider.name, openMinutes: provider.openMinutes(from: start, to: end),
                    bookedMinutes: inspection?.bookedMinutes(of: provider.id, from: start, to: end) ?? 0)
            }
        }
    }
}
