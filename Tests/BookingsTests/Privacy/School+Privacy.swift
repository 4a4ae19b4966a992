import AlmanacStorage
import AlmanacTestKit
import BookingsAPI

@testable import AlmanacKernel

extension School {
    /// What an operator's command is run as.
    private var operatorCall: Call {
        get throws {
            Call(
                organization: try self.platform.organization().id, principal: .system("privacy"),
                origin: Origin(.test, requestID: "test"))
        }
    }

    /// Erases a member as the operator does.
    func erase(_ member: TestMember) async throws -> Privacy.Erased {
        try await self.erase(self.platform.person(member))
    }

    func erase(_ person: ID<Person>) async throws -> Privacy.Erased {
        let runtime = self.platform.runtime
        return try await runtime.invoker.run(runtime.privacy.erase, of: .kernel, person, as: try self.operatorCall)
    }

    /// The person that a customer or provider is.
    func person(of table: Table, _ id: String) async throws -> ID<Person> {
        let organization = try self.platform.organization().id
        return try await self.platform.runtime.database.entering(Namespace("bookings")).read(
            in: .organization(organization)
        ) { tx in
            guard let id = ID<Person>(id),
                let person: ID<Person> = try tx.value(
                    "SELECT person_id FROM \(table) WHERE organization_id = \(organization) AND id = \(id)")
            else { throw TestKitError("no person has \(id)") }
            return person
        }
    }

    /// What is kept about a person, as the operator takes it out.
    func export(_ person: ID<Person>) async throws -> JSON {
        let runtime = self.platform.runtime
        return try await runtime.invoker.run(runtime.privacy.export, of: .kernel, person, as: try self.operatorCall)
    }

    /// Writes a word wherever the person of a member has text of their own.
    func mark(_ member: TestMember, with word: String) async throws {
        let organization = try self.platform.organization().id
        let person = try self.platform.person(member)
        try await self.platform.runtime.database.write(in: .organization(organization)) { tx in
            try tx.execute(
                """
                UPDATE \(Person.table) SET family_name = \(word), sort_key = \(word), phone = \(word),
                    source = \(word), external_id = \(word)
                WHERE organization_id = \(organization) AND id = \(person)
                """)
            try tx.execute(
                """
                UPDATE \(Session.table) SET user_agent = \(word)
                WHERE organization_id = \(organization)
                    AND user_id = (SELECT user_id FROM \(Person.table)
                        WHERE organization_id = \(organization) AND id = \(person))
                """)
        }
    }

    /// Marks a member and books for them: a booking with notes that was moved and cancelled, with kept answers.
    ///
    /// - Returns: The booking.
    func prepare(marking member: TestMember, with word: String) async throws -> String {
        try await self.mark(member, with: word)
        let booked = try await self.customer.post(
            "/api/v1/bookings",
            ["eventType": "lesson", "start": .string(Self.tuesday(9)), "notes": .string(word)], key: "book"
        ).expect(201)
        try await self.customer.post(
            "/api/v1/bookings/\(booked.id)/reschedule", ["start": .string(Self.tuesday(10)), "reason": .string(word)],
            key: "move"
        ).expect(200)
        try await self.customer.post(
            "/api/v1/bookings/\(booked.id)/cancel", ["reason": .string(word)], key: "cancel"
        ).expect(200)
        return booked.id
    }

    /// The tables in which a word stands anywhere, as text or in bytes.
    func tables(holding word: String) async throws -> [String] {
        let database = self.platform.database
        let isPostgres = self.platform.engine == .postgres
        let names = try await database.rows(
            isPostgres
                ? """
                SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
                """
                : "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
        let hex = word.utf8.map { String($0, radix: 16) }.joined()
        var found: [String] = []
        for name in names.compactMap({ $0.first ?? nil }) {
            let rows = try await database.rows(isPostgres ? "SELECT t::text FROM \(name) t" : "SELECT * FROM \(name)")
            let isHolding = rows.contains { row in
                row.contains { $0.map { $0.contains(word) || $0.contains(hex) } ?? false }
            }
            if isHolding { found.append(name) }
        }
        return found
    }
}
