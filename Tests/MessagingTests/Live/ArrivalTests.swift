import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

@testable import AlmanacKernel
@testable import Messaging

/// Who has seen a number has seen all below it, however many messages come at once.
@Suite(.timeLimit(.minutes(60)))
struct ArrivalTests {
    /// Two messages at once: the second gets its number only when the first has been committed.
    @Test(arguments: TestEngine.allCases)
    func numbersBecomeVisibleInTheirOrder(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let (hasNumber, mayCommit) = (TestSignal(), TestSignal())
            let customer = try await practice.client(as: .customer)
            let listener = await customer.listen(Practice.live)
            #expect(await listener.next(1).told == ["unread 0 0"])
            async let first: Void = practice.put("first") {
                hasNumber.send()
                mayCommit.wait()
            }
            await hasNumber.arrives()
            async let second: Void = practice.put("second")
            // On PostgreSQL it waits for the first; SQLite has one writer.
            if engine == .postgres { try await practice.platform.database.awaitWaiting() }
            let meanwhile = await customer.listen("\(Practice.live)?forSeconds=0", after: "0")
            #expect(await meanwhile.rest().told == ["unread 0 0"])
            mayCommit.send()
            try await first
            try await second

            #expect(await listener.next(3).told == ["message 1 first", "message 2 second", "unread 2 2"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFollowerSeesEachOfFiftyAtOnceOnceAndInOrder(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let (hasNumber, mayCommit) = (TestSignal(), TestSignal())
            let listener = await (try await practice.client(as: .customer)).listen(Practice.live)
            #expect(await listener.next(1).told == ["unread 0 0"])
            async let followed = Self.follow(listener, until: 51)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await practice.put("held") {
                        hasNumber.send()
                        mayCommit.wait()
                    }
                }
                await hasNumber.arrives()
                for number in 1...50 { group.addTask { try await practice.put("\(number)") } }
                if engine == .postgres { try await practice.platform.database.awaitWaiting(2) }
                mayCommit.send()
                try await group.waitForAll()
            }
            let found = await followed
            #expect(found.map(\.id) == (1...51).map { "\($0)" })
            #expect(Set(found.compactMap { $0.data["subject"]?.string }) == Set((1...50).map { "\($0)" } + ["held"]))
        }
    }

    private static func follow(_ listener: LiveListener, until count: Int) async -> [LiveMessage] {
        var found: [LiveMessage] = []
        while found.count < count, let event = await listener.next() {
            if event.name == "message" { found.append(event) }
        }
        return found
    }

    /// The negative control: with numbers that are drawn and not counted in a locked row, as those of a sequence, the one
    /// that commits later has the lower one, and whoever has seen the higher one never hears of it.
    @Test(arguments: TestEngine.allCases)
    func drawnNumbersLoseMessages(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let organization = try practice.platform.organization().id
            let person = try practice.platform.person(.customer)
            let database = practice.platform.database(of: .messaging)
            let arrivals = Arrivals(live: practice.platform.runtime.live)
            // Each draws its number in a transaction of its own, and only then writes its message.
            for _ in 1...2 {
                try await database.write(in: .organization(organization)) { tx in
                    _ = try arrivals.next(for: person, organization, in: tx)
                }
            }
            let listener = await (try await practice.client(as: .customer)).listen(Practice.live, after: "0")
            for (subject, number) in [("second", 2), ("first", 1)] {
                try await database.write(in: .organization(organization)) { tx in
                    try Practice.insert(subject, "\(number)", person, organization, tx)
                    try arrivals.wereRead(by: person, organization, in: tx)
                }
                if number == 2 { #expect(await listener.next(1).told == ["message 2 second"]) }
            }
            // How many there are it learns; what the other one says it never does.
            #expect(await listener.next(2).told == ["unread 2 1", "unread 2 2"])
            let again = await (try await practice.client(as: .customer)).listen(
                "\(Practice.live)?forSeconds=0", after: "2")
            #expect(await again.rest().told == ["unread 2 2"])
        }
    }

    /// Messages that were in inboxes before they were numbered get their numbers, each person's from 1.
    @Test(arguments: TestEngine.allCases)
    func whatWasThereBeforeIsNumbered(_ engine: TestEngine) async throws {
        let history = Messaging.declaration.history
        let before = MigrationHistory(history.namespace, Array(history.migrations.prefix(2)))
        try await withTestDatabase(engine, migrations: [before]) { database in
            let people = (1...2).map { ID<Person>(high: 7, low: $0) }
            let places = (1...2).map { OrganizationID(high: 9, low: $0) }
            for place in places {
                try await database.database(in: history.namespace).write(in: .organization(place)) { tx in
                    for (number, channel) in ["inApp", "email", "inApp", "inApp"].enumerated() {
                        for person in people { try Self.old(number, channel, person, place, tx) }
                    }
                }
            }
            _ = try await Migrator([history], roles: RoleSetup()).migrate(database.engine, now: TestClock.start)

            for place in places {
                let found = try await database.database(in: history.namespace).read(in: .organization(place)) { tx in
                    (
                        try tx.values(
                            """
                            SELECT subject FROM \(MessagingSchema.message)
                            WHERE organization_id = \(place) AND person_id = \(people[0]) AND arrival IS NOT NULL
                            ORDER BY arrival
                            """, as: String.self),
                        try tx.values(
                            "SELECT arrivals FROM \(MessagingSchema.inbox) WHERE organization_id = \(place)",
                            as: Int.self)
                    )
                }
                #expect(found.0 == ["0", "2", "3"])
                #expect(found.1 == [3, 3])
            }
        }
    }

    private static func old(
        _ number: Int, _ channel: String, _ person: ID<Person>, _ place: OrganizationID, _ tx: Transaction
    ) throws {
        let id: ID<StoredMessage> = tx.id()
        let at = tx.now.adding(seconds: Int64(number))
        try tx.execute(
            """
            INSERT INTO \(MessagingSchema.message) (organization_id, id, person_id, audience, type, channel, booking_id,
                booking_version, start_at, end_at, dedupe_key, state, attempts, due_at, subject, created_at, settled_at)
            VALUES (\(place), \(id), \(person), 'customer', 'bookingConfirmed', \(channel), \(id), 1, \(at), \(at),
                \("\(id)"), 'sent', 1, \(at), \("\(number)"), \(at), \(at))
            """)
    }
}
