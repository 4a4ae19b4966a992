import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import BookingsAPI
import Testing

@testable import Bookings

/// Rules broken on purpose: each must turn a cell of the matrix red, or the matrix would show nothing.
struct MatrixControlTests {
    /// A row with everything in it that is broken below.
    private static let row = MatrixRow(having: [
        MatrixHosts.all, MatrixGroup.seats, MatrixApproval.required, MatrixResources.roomAndVehicle,
        MatrixBuffers.around, MatrixLimits.provider, MatrixHold.held, MatrixWeek.spring, MatrixFee.percent,
    ])

    /// A rule, what breaks it, and after which step.
    struct Break: Sendable, CustomTestStringConvertible {
        let rule: BookingViolation.Rule
        let step: MatrixTrial.Step
        let statement: String

        var testDescription: String { "\(self.rule) after \(self.step)" }
    }

    private static let breaks = [
        Break(
            rule: .overlap, step: .book, statement: "UPDATE {bookings.claim} SET units = 2 WHERE state <> 'released'"),
        Break(rule: .seats, step: .book, statement: "UPDATE {bookings.claim} SET seats = 4 WHERE state <> 'released'"),
        Break(
            rule: .claims, step: .book,
            statement: "UPDATE {bookings.claim} SET state = 'released' WHERE state = 'confirmed'"),
        Break(
            rule: .claims, step: .move,
            statement: """
                UPDATE {bookings.claim} SET core_start = core_start - 1, padded_start = padded_start - 1
                WHERE state = 'confirmed'
                """),
        Break(
            rule: .claims, step: .cancel,
            statement: """
                UPDATE {bookings.claim} SET state = 'confirmed'
                WHERE state = 'released' AND booking_id IN (SELECT booking_id FROM {bookings.booking_change})
                """),
        Break(rule: .history, step: .book, statement: "UPDATE {bookings.booking} SET status = 'completed'"),
        Break(
            rule: .fees, step: .move,
            statement: "UPDATE {bookings.booking_change} SET fee_amount = 1 WHERE kind = 'rescheduled'"),
        Break(rule: .fees, step: .cancel, statement: "UPDATE {bookings.booking_change} SET fee_amount = NULL"),
        Break(rule: .limits, step: .book, statement: "UPDATE {bookings.booking_limit} SET minutes = 59"),
        Break(
            rule: .wallTime, step: .move,
            statement: "UPDATE {bookings.booking} SET start_at = start_at + 3600000000, end_at = end_at + 3600000000"),
        Break(
            rule: .events, step: .cancel,
            statement: """
                UPDATE {kernel.event} SET name = 'bookings.booking-confirmed'
                WHERE name = 'bookings.booking-cancelled'
                """),
    ]

    @Test(arguments: TestEngine.allCases)
    func aBrokenRuleTurnsItsCellRed(_ engine: TestEngine) async throws {
        try await withMatrix(engine) { platform, client in
            for (index, broken) in Self.breaks.enumerated() {
                let business = try await MatrixBusiness(Self.row, named: "broken-\(index + 1)", on: platform, client)

                let trial = try await MatrixTrial.run(business) { moment, business in
                    if moment == .done(broken.step) { try await business.tamper(broken.statement) }
                }

                let faults = trial.faults[broken.step] ?? []
                #expect(!trial.isGreen(broken.step), "\(broken.testDescription)")
                #expect(
                    faults.contains { $0.hasPrefix("\(broken.rule.rawValue):") }, "\(broken.testDescription): \(faults)"
                )
                for step in MatrixTrial.Step.allCases.prefix(while: { $0 != broken.step }) {
                    #expect(trial.isGreen(step), "\(broken.testDescription): \(trial.faults[step] ?? [])")
                }
            }
        }
    }

    // MARK: The waitlist

    /// A row in which what the booking leaves is offered.
    private static let waitingRow = MatrixRow(having: [
        MatrixGroup.seats, MatrixApproval.required, MatrixMove.nextDay, MatrixWaitlist.waiting,
    ])

    /// Something that the waitlist must not do, how the tables are made to show it, and what must be noticed.
    struct WaitlistBreak: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let moment: MatrixTrial.Moment
        let statement: String
        let step: MatrixTrial.Step
        let fault: String
    }

    private static let waitlistBreaks = [
        WaitlistBreak(
            testDescription: "an offer ignores the order", moment: .waiting(.book),
            statement: "UPDATE {bookings.waitlist_entry} SET priority = 100 - priority WHERE status = 'waiting'",
            step: .move, fault: "status of somebody who waits: Optional(\"waiting\") instead of Optional(\"offered\")"),
        WaitlistBreak(
            testDescription: "an offer is made to two", moment: .offered(.move),
            statement: """
                UPDATE {bookings.waitlist_entry} SET status = 'offered', hold_id = (
                    SELECT w.hold_id FROM {bookings.waitlist_entry} w WHERE w.status = 'offered'
                    ORDER BY w.id DESC LIMIT 1)
                WHERE status = 'waiting'
                """,
            step: .move, fault: "offered: waitlist:"),
        WaitlistBreak(
            testDescription: "an offer keeps no time", moment: .offered(.move),
            statement: "UPDATE {bookings.claim} SET state = 'released' WHERE state = 'hold'",
            step: .move, fault: "what is kept for somebody who waits is offered to everybody"),
        WaitlistBreak(
            testDescription: "a move rings no alarm", moment: .freed(.move), statement: Self.deafness,
            step: .move, fault: "status of somebody who waits: Optional(\"waiting\") instead of Optional(\"offered\")"),
        WaitlistBreak(
            testDescription: "a cancellation rings no alarm", moment: .freed(.cancel), statement: Self.deafness,
            step: .cancel, fault: "status of somebody who waits: Optional(\"waiting\") instead of Optional(\"offered\")"
        ),
        WaitlistBreak(
            testDescription: "what was declined is offered again", moment: .declined(.move),
            statement: "UPDATE {bookings.waitlist_offer} SET outcome = 'withdrawn' WHERE outcome = 'declined'",
            step: .move, fault: "status of somebody who waits: Optional(\"offered\") instead of Optional(\"waiting\")"),
        WaitlistBreak(
            testDescription: "an offer outlives its booking", moment: .done(.cancel),
            statement: "UPDATE {bookings.waitlist_offer} SET outcome = 'open' WHERE outcome = 'accepted'",
            step: .cancel, fault: "waitlist:"),
    ]

    /// Nobody who looks for offers is told of what has happened.
    private static let deafness = "DELETE FROM {kernel.delivery} WHERE consumer LIKE '%waitlist%'"

    @Test(arguments: TestEngine.allCases)
    func aWaitlistThatErrsTurnsItsCellRed(_ engine: TestEngine) async throws {
        try await withMatrix(engine) { platform, client in
            for (index, broken) in Self.waitlistBreaks.enumerated() {
                let business = try await MatrixBusiness(
                    Self.waitingRow, named: "erring-\(index + 1)", on: platform, client)

                let trial = try await MatrixTrial.run(business) { moment, business in
                    if moment == broken.moment { try await business.tamper(broken.statement) }
                }

                let faults = trial.faults[broken.step] ?? []
                #expect(faults.contains { $0.contains(broken.fault) }, "\(broken.testDescription): \(faults)")
                for step in MatrixTrial.Step.allCases.prefix(while: { $0 != broken.step }) {
                    #expect(trial.isGreen(step), "\(broken.testDescription): \(trial.faults[step] ?? [])")
                }
            }
        }
    }

    // MARK: The guard

    @Test
    func whoDoesNotCountClaimsTurnsTheMatrixRed() async throws {
        try await withMatrix(.sqlite, plugin: BlindBookings.self) { platform, client in
            let row = MatrixRow(having: [])
            let business = try await MatrixBusiness(row, named: "blind", on: platform, client)

            let trial = try await MatrixTrial.run(business)

            #expect(trial.isGreen(.offer))
            #expect(trial.faults[.book]?.contains { $0.hasPrefix("sold out: overlap:") } ?? false)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatLiesInABufferIsFound(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book(School.tuesday(10), with: school.first).expect(201)
            let organization = try school.platform.organization().id
            func violations() async throws -> [BookingViolation] {
                try await school.platform.database(of: .bookings).read(in: .organization(organization)) {
                    try BookingInspection(in: $0)
                }.violations()
            }
            #expect(try await violations().isEmpty)

            let table = engine == .postgres ? "bookings.claim" : "bookings_claim"
            try await school.platform.database.run("UPDATE \(table) SET padded_end = core_end + 60000000")

            #expect(try await violations().map(\.rule) == [.buffers])
        }
    }
}
