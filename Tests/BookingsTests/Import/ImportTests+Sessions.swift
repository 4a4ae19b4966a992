import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

extension ImportTests {
    private static let sessions = """
        external_id,event_type,title,title:en,parts,hosts,capacity,kind,resources,price_amount,price_currency,status
        night,fahrstunde,Nachtfahrt,Night drive,2026-03-06T18:00:00Z/2026-03-06T20:00:00Z,brandt,3,,hall,,,scheduled
        week,fahrstunde,"Woche ""kurz"", kompakt",,2026-03-14T08:00:00Z/2026-03-20T16:00:00Z,yilmaz brandt,8,retreat,,99000,\
        EUR,scheduled
        later,fahrstunde,Später,,2026-03-28T08:00:00Z/2026-03-28T09:00:00Z \
        2026-03-29T08:00:00Z/2026-03-29T09:00:00Z,yilmaz,4,,,,,
        """
    private static let halls = """
        external_id,kind,name
        hall,room,Saal
        """

    private static var sessionFiles: [String: String] {
        var files = Self.files.filter { $0.key != "customers.csv" }
        files["sessions.csv"] = Self.sessions
        files["resources.csv"] = Self.halls
        return files
    }

    @Test(arguments: TestEngine.allCases)
    func sessionsAreImportedAndTakeTheirTime(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let admin = try await platform.client(as: .admin)
            let first = self.counts(try await self.run(Self.sessionFiles, on: platform))
            let again = self.counts(try await self.run(Self.sessionFiles, on: platform))
            let listed = try await admin.get("/api/v1/sessions").expect(200)["items"]?.array ?? []

            #expect(first["sessions"] == [3, 0, 0])
            #expect(again["sessions"] == [0, 0, 3])
            #expect(listed.compactMap { $0["status"]?.string } == ["scheduled", "scheduled", "draft"])
            #expect(listed.last?["parts"]?.array?.count == 2)
            #expect(listed.map { $0["price"]?["amount"]?.int } == [6500, 99_000, 6500])
            // The week is taken to its end.
            let free = try await admin.get("/api/v1/slots?eventType=fahrstunde&from=2026-03-18&to=2026-03-18")
                .expect(200)["items"]?.array
            #expect(free?.isEmpty == true)

            let changed = Self.sessions.replacing("Später", with: "Bald")
            let update = self.counts(try await self.run(["sessions.csv": changed], on: platform))
            #expect(update["sessions"] == [0, 1, 2])
        }
    }

    /// However many sessions take the time of whomever: all locks are taken at once, in whatever order their keys are.
    @Test(arguments: TestEngine.allCases)
    func manySessionsAreScheduledAtOnce(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let rows = (10..<26).map { day in
                "s\(day),fahrstunde,Tag \(day),2026-03-\(day)T18:00:00Z/2026-03-\(day)T20:00:00Z,"
                    + "\(day.isMultiple(of: 2) ? "brandt" : "yilmaz"),3,hall,scheduled"
            }
            let header = "external_id,event_type,title,parts,hosts,capacity,resources,status\n"
            _ = try await self.run(Self.sessionFiles.filter { $0.key != "sessions.csv" }, on: platform)
            let report = self.counts(
                try await self.run(["sessions.csv": header + rows.joined(separator: "\n")], on: platform))
            #expect(report["sessions"] == [16, 0, 0])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsWrongWithASessionIsToldByItsLine(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            _ = try await self.run(Self.sessionFiles, on: platform)
            func lines(_ file: String) async throws -> [Int] {
                let problems = await #expect(throws: CSVProblems.self) {
                    _ = try await self.run(["sessions.csv": file], on: platform)
                }
                return problems?.listed.map(\.line).sorted() ?? []
            }
            let header = "external_id,event_type,title,parts,hosts,capacity,status\n"
            let time = "2026-04-03T18:00:00Z/2026-04-03T20:00:00Z"
            let unknown = try await lines(
                header
                    + "a,unknown,A,\(time),brandt,3,\nb,fahrstunde,B,\(time),nobody,3,\nc,fahrstunde,C,x/y,brandt,0,gone"
            )
            let taken = try await lines(
                header + "d,fahrstunde,D,2026-03-06T19:00:00Z/2026-03-06T21:00:00Z,brandt,3,scheduled")
            let published = try await lines(Self.sessions.replacing("Nachtfahrt", with: "Nacht"))
            let count = try await platform.database.rows("SELECT count(*) FROM {bookings.session}")

            #expect(Set(unknown) == [4])
            #expect(taken == [2])
            #expect(published == [2])
            #expect(count == [["3"]])
        }
    }

    /// What was exported makes the same sessions elsewhere, as far as their hosts are there.
    @Test(arguments: TestEngine.allCases)
    func exportedSessionsAreReadAgain(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Bookings.self]) { platform in
            let admin = try await platform.client(as: .admin)
            _ = try await self.run(Self.sessionFiles, on: platform)
            let answer = await admin.get("/api/v1/sessions/export")
            #expect(answer.status == 200)
            #expect(answer.headers.contains { $0.name == "content-type" && $0.value.hasPrefix("text/csv") })
            let text = String(decoding: answer.body, as: UTF8.self)
            let report = self.counts(try await self.run(["sessions.csv": text], on: platform))
            #expect(report["sessions"] == [0, 0, 3])
            let customer = try await platform.client(as: .customer)
            try await customer.get("/api/v1/sessions/export").expect(403)
            let instructor = try await platform.client(as: .provider)
            try await instructor.get("/api/v1/sessions/export").expect(403)
        }
    }
}
