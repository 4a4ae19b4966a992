import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

struct ApprovalTests {
    @Test(arguments: TestEngine.allCases)
    func aBookingWaitsForItsApproval(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved, sessions: School.patience) { school in
            let made = try await school.book(School.tuesday(9), with: school.first).expect(201)
            let id = made.id
            let asked = try await school.instructor.get("/api/v1/bookings/\(id)").expect(200)

            #expect(made["status"]?.string == "pending")
            #expect(made["expiresAt"]?.string == TestClock.start.adding(minutes: 60).rfc3339)
            #expect(made.texts("waitsFor") == ["bookings.approval"])
            #expect(made.texts("allowed") == ["cancel", "reschedule"])
            #expect(asked.texts("allowed") == ["cancel", "reschedule", "approve", "reject"])
            #expect(try await !school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            let listed = try await school.customer.get("/api/v1/bookings").expect(200)["items"]?.array
            #expect(listed?.first?.texts("waitsFor") == ["bookings.approval"])

            let approved = try await school.act("approve", on: id, as: school.instructor).expect(200)

            #expect(approved["status"]?.string == "confirmed")
            #expect(approved["expiresAt"] == nil && approved.texts("waitsFor") == [])
            #expect(approved["version"]?.int == 2)
            #expect(try await school.claims() == ["confirmed"])
            #expect(
                try await school.events(of: id) == ["bookings.booking-requested", "bookings.booking-confirmed"])
            #expect(
                try await school.audit(of: id) == [
                    "bookings.booking.created", "bookings.booking.approved", "bookings.booking.confirmed",
                ])
            #expect(try await school.changes(of: id) == ["confirmed by provider"])
            // What is confirmed does not lapse.
            school.platform.clock.advance(minutes: 61)
            try await school.runJobs()
            #expect(try await !school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            #expect(try await school.changes(of: id) == ["confirmed by provider"])
        }
    }

    @Test
    func onlyWhoMayDecidesAboutIt() async throws {
        try await withSchool(.sqlite, lesson: School.approved, sessions: School.patience) { school in
            let own = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            let colleague = try await school.book(School.tuesday(9), with: school.second).expect(201).id

            for action in ["approve", "reject"] {
                try await school.act(action, on: own, as: school.customer).expect(403)
                try await school.act(action, on: own, as: school.otherCustomer).expect(403)
                try await school.act(action, on: own, as: school.anonymous).expect(401)
                try await school.act(action, on: colleague, as: school.instructor).expect(404)
            }
            try await school.act("approve", on: colleague, as: school.admin).expect(200)
            try await school.act("approve", on: own, as: school.instructor).expect(200)
            try await school.act("approve", on: own, as: school.instructor).expect(409, code: "booking_confirmed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoMayApproveNeedsNoApproval(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved, sessions: School.patience) { school in
            let first = try await school.book(School.tuesday(9), with: school.first).expect(201)
            let customer = first["customer"]?.id ?? ""

            let byAdmin = try await school.book(
                School.tuesday(10), with: school.second, for: customer, as: school.admin
            )
            .expect(201)
            let byProvider = try await school.book(
                School.tuesday(10), with: school.first, for: customer, as: school.instructor
            ).expect(201)
            // With a colleague the instructor is a customer like others.
            let asCustomer = try await school.book(School.tuesday(11), with: school.second, as: school.instructor)
                .expect(201)

            #expect(byAdmin["status"]?.string == "confirmed" && byProvider["status"]?.string == "confirmed")
            #expect(asCustomer["status"]?.string == "pending")
            #expect(asCustomer.texts("allowed") == ["cancel", "reschedule"])
            try await school.act("approve", on: asCustomer.id, as: school.instructor).expect(403)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aRejectionFreesTheTime(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            let rejected = try await school.act("reject", on: id, ["reason": "on leave"], as: school.instructor)
                .expect(200)

            #expect(rejected["status"]?.string == "rejected")
            #expect(rejected.texts("allowed") == [] && rejected.texts("waitsFor") == [])
            #expect(try await school.starts(on: "2026-03-03", of: school.first).contains(School.tuesday(9)))
            #expect(try await school.changes(of: id) == ["rejected by provider"])
            let payload = try await school.platform.database.rows(
                "SELECT payload FROM {kernel.event} WHERE name = 'bookings.booking-rejected'")
            let event = try JSON(parsing: Array((payload.first?.first ?? "")?.utf8 ?? "".utf8))
            #expect(event["booking"]?.string == id && event["cause"]?.string == "declined")
            try await school.act("approve", on: id, as: school.instructor).expect(409, code: "booking_rejected")
            try await school.act("cancel", on: id, as: school.customer).expect(409, code: "booking_rejected")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aBookingThatNobodyApprovesLapses(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            school.platform.clock.advance(minutes: 59)
            try await school.runJobs()
            try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)
                .expect(409, code: "slot_taken")

            // Nothing has run yet: the clock alone decides.
            school.platform.clock.advance(minutes: 1)
            try await school.act("approve", on: id, as: school.instructor).expect(409, code: "booking_lapsed")
            try await school.act("cancel", on: id, as: school.customer).expect(409, code: "booking_lapsed")
            let lapsed = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            let next = try await school.book(School.tuesday(9), with: school.first, as: school.otherCustomer)
                .expect(201)
            try await school.runJobs()

            #expect(lapsed.texts("allowed") == [])
            let after = try await school.customer.get("/api/v1/bookings/\(id)").expect(200)
            #expect(after["status"]?.string == "rejected")
            #expect(try await school.changes(of: id) == ["expired by system"])
            #expect(try await school.events(of: id) == ["bookings.booking-requested", "bookings.booking-rejected"])
            let other = try await school.otherCustomer.get("/api/v1/bookings/\(next.id)").expect(200)
            #expect(other["status"]?.string == "pending")
            #expect(try await school.claims() == ["pending", "released"])
        }
    }

    @Test
    func nobodyWaitsLongerThanUntilItBegins() async throws {
        try await withSchool(
            .sqlite, lesson: School.approved.with("approvalMinutes", 10_000), sessions: School.patience
        ) { school in
            let made = try await school.book(School.tuesday(9), with: school.first).expect(201)

            #expect(made["expiresAt"]?.string == School.tuesday(9))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCustomersMoveHasToBeApprovedAgain(_ engine: TestEngine) async throws {
        try await withSchool(engine, lesson: School.approved, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id
            try await school.act("approve", on: id, as: school.instructor).expect(200)
            school.platform.clock.advance(minutes: 30)

            let byStaff = try await school.act(
                "reschedule", on: id, ["start": .string(School.tuesday(10))], as: school.instructor
            ).expect(200)
            let byCustomer = try await school.act(
                "reschedule", on: id, ["start": .string(School.tuesday(11))], as: school.customer
            ).expect(200)

            #expect(byStaff["status"]?.string == "confirmed")
            #expect(byCustomer["status"]?.string == "pending")
            #expect(byCustomer["expiresAt"]?.string == TestClock.start.adding(minutes: 90).rfc3339)
            #expect(try await school.claims() == ["pending"])
            #expect(
                try await school.events(of: id).suffix(2) == [
                    "bookings.booking-rescheduled", "bookings.booking-requested",
                ])
            try await school.act("approve", on: id, as: school.instructor).expect(200)
            #expect(try await school.claims() == ["confirmed"])
        }
    }

    @Test
    func aPendingBookingThatIsCancelledWaitsForNothing() async throws {
        try await withSchool(.sqlite, lesson: School.approved, sessions: School.patience) { school in
            let id = try await school.book(School.tuesday(9), with: school.first).expect(201).id

            try await school.act("cancel", on: id, as: school.customer).expect(200)
            school.platform.clock.advance(minutes: 61)
            try await school.runJobs()

            #expect(try await school.changes(of: id) == ["cancelled by customer"])
            let open = try await school.platform.database.rows("SELECT name FROM {kernel.requirement} WHERE is_open")
            #expect(open.isEmpty)
        }
    }

    @Test
    func anEventTypeSaysWhetherItNeedsApproval() async throws {
        try await withSchool(.sqlite, lesson: School.lesson.with("requiresApproval", true)) { school in
            let path = "/api/v1/event-types/\(school.lesson)"
            let shown = try await school.anonymous.get(path).expect(200)
            let contradicting = School.lesson.with("approvalMinutes", 5).with("providers", [])
            let refused = await school.admin.send(
                "PUT", path, json: contradicting, headers: [("If-Match", "\"1\"")])
            let none = try await school.admin.send(
                "PUT", path, json: School.lesson.with("providers", []), headers: [("If-Match", "\"1\"")]
            ).expect(200)

            #expect(shown["requiresApproval"]?.bool == true)
            // What the organization has chosen for whatever is pending.
            #expect(shown["approvalMinutes"]?.int == 1_440)
            #expect(refused.fieldErrors == ["/approvalMinutes no_approval"])
            #expect(none["requiresApproval"]?.bool == false && none["approvalMinutes"] == nil)
        }
    }
}
