internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacTestKit
internal import Foundation

/// A school with many bookings: one that was made, and copies of it with other times, statuses and providers.
struct ConsoleSchool {
    private static let providers = 20

    private let platform: TestPlatform
    /// A provider with a twentieth of the bookings.
    let provider: String
    /// The booking that was made.
    let booking: String

    init(_ platform: TestPlatform) async throws {
        self.platform = platform
        let admin = try await platform.client(as: .admin)
        var providers: [JSON] = []
        for number in 1...Self.providers {
            let made = await admin.post(
                "/api/v1/providers",
                ["givenName": "Ada", "familyName": .string("Berg \(number)"), "timeZone": "Europe/Berlin"])
            let id = try made.expect(201)["id"] ?? .null
            try await admin.send(
                "PUT", "/api/v1/providers/\(id.string ?? "")/weekly-rules",
                json: ["rules": [["weekday": 1, "start": "08:00", "end": "18:00"]]],
                headers: [("If-Match", "\"\(made.version ?? 1)\"")]
            ).expect(200)
            providers.append(id)
        }
        let lesson = try await admin.post(
            "/api/v1/event-types",
            [
                "slug": "lesson", "name": "Lesson", "durationMinutes": 60,
                "price": ["amount": 5_000, "currency": "EUR"], "providers": .array(providers),
            ]
        ).expect(201)
        let customer = try await admin.post("/api/v1/customers", ["givenName": "Carl", "familyName": "Dorn"])
            .expect(201)
        let booked = try await admin.post(
            "/api/v1/bookings",
            [
                "eventType": lesson["id"] ?? .null, "provider": providers[0], "customer": customer["id"] ?? .null,
                "start": "2026-03-09T09:00:00Z",
            ]
        ).expect(201)
        self.provider = providers[Self.providers / 2].string ?? ""
        self.booking = booked["id"]?.string ?? ""
    }

    /// Copies the booking: one every ten minutes, a tenth of them pending and a tenth cancelled.
    func fill(with count: Int) async throws {
        let isPostgres = self.platform.engine == .postgres
        let (booking, provider) =
            isPostgres ? ("bookings.booking", "bookings.provider") : ("bookings_booking", "bookings_provider")
        let changed = [
            "id": isPostgres ? "gen_random_uuid()" : "randomblob(16)", "number": "'N' || n.i",
            "status": "CASE n.i % 10 WHEN 0 THEN 'pending' WHEN 1 THEN 'cancelled' ELSE 'confirmed' END",
            "start_at": "b.start_at + n.i * 600000000", "end_at": "b.end_at + n.i * 600000000",
            "provider_id": "p.id",
            "external_id": "NULL",
        ]
        let columns = try await self.columns(isPostgres)
        let values = columns.map { changed[$0] ?? "b.\($0)" }.joined(separator: ", ")
        let numbers =
            isPostgres
            ? "(SELECT generate_series(1::bigint, \(count)) AS i) n"
            : "(WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < \(count)) SELECT i FROM s) n"
        try await self.platform.database.run(
            """
            INSERT INTO \(booking) (\(columns.joined(separator: ", ")))
            SELECT \(values) FROM \(booking) b, \(numbers),
                (SELECT id, row_number() OVER (ORDER BY id) AS k FROM \(provider)) p
            WHERE p.k = n.i % \(Self.providers) + 1
            """)
        try await self.platform.database.run("ANALYZE")
    }

    private func columns(_ isPostgres: Bool) async throws -> [String] {
        let query =
            isPostgres
            ? """
            SELECT attname FROM pg_attribute
            WHERE attrelid = 'bookings.booking'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """
            : "SELECT name FROM pragma_table_info('bookings_booking')"
        let rows = try await self.platform.database.rows(query)
        return rows.compactMap { $0.first ?? nil }
    }
}
