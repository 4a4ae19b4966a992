internal import AlmanacKernel
internal import AlmanacStorage
internal import Logging

/// The two organizations with their members, as they are written into a template and found in its copies.
enum Fixture {
    /// A member as a person of one organization.
    struct Membership: Sendable {
        let user: ID<User>
        let person: ID<Person>
    }

    /// The kernel, the plugins' schemas and the members.
    static func template(_ assembler: Assembler) -> DatabaseTemplate {
        DatabaseTemplate(assembler.histories, name: "two organizations") { try await self.seed($0) }
    }

    private static func seed(_ engine: any DatabaseEngine) async throws {
        // A minute before tests begin: identifiers made by tests sort after these.
        let clock = ManualClock(TestClock.start.adding(minutes: -1))
        let ids = UUIDv7Generator(random: SeededRandom(seed: 0x5EED))
        let random = SeededRandom(seed: 0xF00D)
        let database = Database(engine: engine, namespace: .kernel, clock: clock, ids: ids)
        let runtime = try Runtime(
            assembling: Assembler([]), enabled: [], database: database,
            hasher: PasswordHasher(cost: .forTests, random: random), random: random,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
        for place in TestPlace.allCases {
            let organization = try await runtime.organizations.establish(
                slug: place.slug, name: "School", zone: Zone(place.zoneName), locale: place.locale,
                currency: place.currency)
            for member in TestMember.allCases {
                _ = try await runtime.identity.createUser(
                    email: EmailAddress(member.email), password: TestMember.password, role: member.role,
                    in: organization.id, actor: .system("fixture"), origin: Origin(.test))
            }
        }
    }

    /// Finds the members in a copy.
    static func memberships(_ database: Database) async throws -> [OrganizationID: [String: Membership]] {
        try await database.entering(.kernel).read(in: .system(SystemScope("read the fixture"))) { tx in
            var found: [OrganizationID: [String: Membership]] = [:]
            try tx.forEach(
                "SELECT organization_id, email, user_id, id FROM \(Person.table) WHERE user_id IS NOT NULL"
            ) { row in
                let organization: OrganizationID = try row.next()
                let email: String = try row.next()
                found[organization, default: [:]][email] = Membership(user: try row.next(), person: try row.next())
            }
            return found
        }
    }
}
