import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import MessagingAPI
import Testing

/// What people are told about bookings, and what they are not because it was undone in time.
struct GraceTests {
    private static let tuesdayAtTen = "Bestätigt: Fahrstunde, Dienstag, 3. März 2026 um 10:00"

    @Test(arguments: TestEngine.allCases)
    func bothSidesAreToldAfterTheGraceAndNotBefore(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(3, 10))

            try await practice.tell()
            #expect(practice.mailbox.mails.isEmpty)
            practice.platform.clock.advance(minutes: 2, seconds: 59)
            try await practice.tell()
            #expect(practice.mailbox.mails.isEmpty)

            practice.platform.clock.advance(seconds: 1)
            try await practice.tell()
            #expect(practice.subjects() == [Self.tuesdayAtTen])
            #expect(
                practice.subjects(to: TestMember.provider.email)
                    == ["Neuer Termin: Fahrstunde, Dienstag, 3. März 2026 um 10:00"])
            #expect(
                try await practice.fates("&type=bookingConfirmed") == [
                    "bookingConfirmed customer email sent", "bookingConfirmed customer inApp sent",
                    "bookingConfirmed provider email sent", "bookingConfirmed provider inApp sent",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsUndoneInTheGraceIsNeverTold(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.pass(minutes: 2)
            try await practice.cancel(booking)
            try await practice.pass(minutes: 60)

            #expect(practice.mailbox.mails.isEmpty)
            #expect(Set(try await practice.fates().map { $0.hasSuffix("suppressed undone") }) == [true])
        }
    }

    /// The events of both come together, as when nobody handled them for a while.
    @Test(arguments: TestEngine.allCases)
    func whatIsUndoneBeforeItsEventIsHandledIsNeverTold(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.cancel(booking)
            try await practice.pass(minutes: 60)
            try await practice.pass(minutes: 60)

            #expect(practice.mailbox.mails.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatWasToldIsTakenBack(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.cancel(booking)
            try await practice.tell()
            #expect(practice.subjects().count == 1)
            try await practice.pass(minutes: 4)

            #expect(
                practice.subjects() == [
                    Self.tuesdayAtTen, "Abgesagt: Fahrstunde, Dienstag, 3. März 2026 um 10:00",
                ])
            #expect(practice.subjects(to: TestMember.provider.email).count == 2)
        }
    }

    /// Nobody knows whether those were told whose bookings are older than the plugin.
    @Test(arguments: TestEngine.allCases)
    func bookingsOfBeforeAreCancelledAloud(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.platform.runtime.database.write(
                in: .system(SystemScope("forget what was emitted"))
            ) { tx in try tx.execute("DELETE FROM \(Table(Namespace("kernel"), "delivery"))") }
            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects() == ["Abgesagt: Fahrstunde, Dienstag, 3. März 2026 um 10:00"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMoveInTheGraceMakesOneConfirmationOfTheNewTime(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.pass(minutes: 2)
            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.tell()
            // The grace begins anew.
            try await practice.pass(minutes: 2)
            #expect(practice.mailbox.mails.isEmpty)
            try await practice.pass(minutes: 2)

            #expect(practice.subjects() == ["Bestätigt: Fahrstunde, Dienstag, 3. März 2026 um 14:00"])
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMoveTellsWhatWasAgreedBefore(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.tell()
            try await practice.pass(minutes: 1)
            try await practice.move(booking, to: try practice.march(4, 9))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            let moves = practice.mailbox.mails.filter { $0.recipient.text == TestMember.customer.email }.dropFirst()
            #expect(moves.map(\.subject) == ["Verschoben: Fahrstunde, jetzt Mittwoch, 4. März 2026 um 9:00"])
            #expect(moves.first?.text.contains("Dienstag, 3. März 2026 um 10:00") == true)
            #expect(moves.first?.text.contains("14:00") == false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aMoveThatIsUndoneInTheGraceIsNeverTold(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.pass(minutes: 1)
            try await practice.move(booking, to: try practice.march(3, 10))
            try await practice.pass(minutes: 1)
            try await practice.pass(minutes: 30)

            #expect(practice.subjects() == [Self.tuesdayAtTen])
            // There and back, and there once more: that is told.
            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().last == "Verschoben: Fahrstunde, jetzt Dienstag, 3. März 2026 um 14:00")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherProviderIsToldAndTheOneBeforeToo(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(3, 10), with: practice.second)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects(to: TestMember.provider.email).last?.hasPrefix("Abgesagt:") == true)
            #expect(practice.subjects(to: Practice.colleague).map { $0.prefix(13) } == ["Neuer Termin:"])
            #expect(practice.subjects().last?.hasPrefix("Verschoben:") == true)
            let moved = practice.mailbox.mails.last { $0.recipient.text == TestMember.customer.email }
            #expect(moved?.text.contains("Emre Yılmaz") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aProviderWhoGetsALessonBackInTimeHearsNothing(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(3, 10), with: practice.second)
            try await practice.pass(minutes: 1)
            try await practice.move(booking, to: try practice.march(3, 10), with: practice.first)
            try await practice.pass(minutes: 1)
            try await practice.pass(minutes: 30)

            #expect(practice.mailbox.mails.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anEventThatIsHandledTwiceIsToldOnce(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.deliver()
            try await practice.deliverAgain()
            try await practice.pass(minutes: 4)
            try await practice.move(booking, to: try practice.march(3, 14))
            try await practice.deliver()
            try await practice.deliverAgain()
            try await practice.deliverAgain()
            try await practice.pass(minutes: 4)
            try await practice.cancel(booking)
            try await practice.deliver()
            try await practice.deliverAgain()
            try await practice.pass(minutes: 4)

            #expect(
                practice.subjects().map { $0.prefix(while: { $0 != ":" }) } == ["Bestätigt", "Verschoben", "Abgesagt"])
            #expect(practice.mailbox.mails.count == 6)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRequestIsToldUntilItIsConfirmed(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            let organization = try practice.platform.organization().id
            let id = try #require(ID<Booking>(booking))
            try await practice.platform.database(of: .bookings).write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    UPDATE \(Table(Namespace("bookings"), "booking")) SET status = 'pending'
                    WHERE organization_id = \(organization) AND id = \(id)
                    """)
            }
            let (start, provider) = (try practice.march(3, 10), try #require(ID<Provider>(practice.first)))
            let request = BookingRequested(
                booking: id, eventType: ID(high: 1, low: 1), provider: provider, customer: ID(high: 1, low: 2),
                start: start, end: start.adding(minutes: 60))
            try await practice.handle(request, in: organization)
            practice.platform.clock.advance(minutes: 4)
            try await practice.send()

            #expect(practice.subjects() == ["Anfrage eingegangen: Fahrstunde, Dienstag, 3. März 2026 um 10:00"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func organizationsTellTheirOwnPeopleInTheirOwnWords(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            _ = try await north.book(try north.march(3, 10))
            _ = try await south.book(try south.march(3, 10))
            try await north.tell()
            try await north.pass(minutes: 4)

            // The same address in both; each mail comes from one of them, in its language and by its clocks.
            #expect(
                Set(north.subjects()) == [
                    Self.tuesdayAtTen, "Confirmed: Driving lesson, Tuesday, March 3, 2026 at 10:00 AM",
                ])
            #expect(try await north.log().count == 8)
            #expect(try await south.log().count == 8)
            #expect(Set(try await north.log().map(\.id)).isDisjoint(with: try await south.log().map(\.id)))
        }
    }
}
