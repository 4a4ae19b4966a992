import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import BookingsAPI
import Testing

/// Bookings are brought back to the time on the clock for which they were made.
struct ZoneReconciliationTests {
    private func reconcile(_ school: School, isApplied: Bool) async throws -> [String] {
        let found = school.platform.runtime.platform.graph.contributions(of: ZoneReconciliation.self).first
        let reconciliation = try #require(found)
        var call = try school.platform.call(as: nil)
        call.principal = .system("zones")
        let report = try await reconciliation.item.run(
            isApplied: isApplied, by: school.platform.runtime.invoker, of: reconciliation.owner, as: call)
        return report.items.map { item in
            let outcome =
                switch item.outcome {
                case .found: "found"
                case .moved: "moved"
                case .refused(let code, _): code
                }
            return "\(item.shift.start.rfc3339) \(outcome)"
        }
    }

    /// As if everything had been agreed under rules by which clocks were an hour ahead.
    private func shift(_ school: School, _ engine: TestEngine, where condition: String = "1 = 1") async throws {
        let table = engine == .postgres ? "bookings.booking" : "bookings_booking"
        try await school.platform.database.run("UPDATE \(table) SET local_time = local_time + 60 WHERE \(condition)")
    }

    @Test(arguments: TestEngine.allCases)
    func whatHasShiftedIsListedAndMovedWhenAsked(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            // One after the other: each stands where the one before has to go.
            let first = try await school.book(School.tuesday(9), with: school.first).expect(201)
            let second = try await school.book(School.tuesday(10), with: school.first).expect(201)
            try await self.shift(school, engine)
            #expect(
                try await self.reconcile(school, isApplied: false)
                    == ["\(School.tuesday(9)) found", "\(School.tuesday(10)) found"])
            #expect(try await school.customer.get("/api/v1/bookings/\(first.id)").expect(200)["version"]?.int == 1)
            #expect(
                try await self.reconcile(school, isApplied: true)
                    == ["\(School.tuesday(9)) moved", "\(School.tuesday(10)) moved"])

            let moved = try await school.customer.get("/api/v1/bookings/\(first.id)").expect(200)
            #expect(moved["start"]?.string == School.tuesday(10) && moved["version"]?.int == 2)
            let other = try await school.customer.get("/api/v1/bookings/\(second.id)").expect(200)
            #expect(other["start"]?.string == School.tuesday(11))
            #expect(try await self.reconcile(school, isApplied: true).isEmpty)
            let history = try await school.admin.get("/api/v1/bookings/\(first.id)/changes").expect(200)["items"]?.array
            #expect(history?.first?["kind"]?.string == "rescheduled")
            let told = try await school.platform.database.rows(
                "SELECT count(*) FROM {kernel.audit_entry} WHERE action = 'bookings.booking.rescheduled'")
            #expect(told == [["2"]])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotBeMovedStaysAndIsTold(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.book(School.tuesday(9), with: school.first).expect(201)
            try await school.book(School.tuesday(10), with: school.first, as: school.otherCustomer).expect(201)
            try await school.book(School.tuesday(16), with: school.second).expect(201)
            try await self.shift(school, engine, where: "local_time <> 600")
            #expect(
                try await self.reconcile(school, isApplied: true)
                    == ["\(School.tuesday(9)) slot_taken", "\(School.tuesday(16)) outside_availability"])
            #expect(try await self.reconcile(school, isApplied: false).count == 2)
        }
    }
}
