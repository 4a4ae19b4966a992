import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Entries made, sealed and read past the guards.
extension TestPlatform {
    /// Does something that leaves one entry.
    func audit(
        _ action: String, _ object: AuditEntry.Object? = nil, detail: JSON = .object([:]),
        as member: TestMember = .admin, in place: TestPlace = .north
    ) async throws {
        let command = Command<Void, Void>("notes.audited", .signedIn) { _, _, tx in
            try tx.audit(action, object: object, detail: detail)
        }
        try await self.run(command, of: Notes.id, (), as: member, in: place)
    }

    /// Seals all entries there are.
    ///
    /// Transactions of other tests on the same server hold sealing up for a moment.
    func sealEverything() async throws {
        repeat { try await self.runtime.audit.sealer.sealAll() } while try await self.unsealed() > 0
    }

    /// How many entries have no position yet.
    func unsealed() async throws -> Int {
        try await self.runtime.database.read(in: .system(SystemScope("count"))) { tx in
            try tx.value(
                """
                SELECT count(*) FROM \(AuditTrail.table) e WHERE NOT EXISTS (
                    SELECT 1 FROM \(AuditSeal.table) s
                    WHERE s.organization_id = e.organization_id AND s.entry_id = e.id)
                """) ?? 0
        }
    }

    struct Sealed: Record, Equatable {
        static let columns: Columns = ["position", "hash", "action"]
        let position: Int64
        let hash: [UInt8]
        let action: String
        let canonical: [UInt8]

        init(row: inout RowReader) throws {
            self.position = try row.next()
            self.hash = try row.next()
            self.action = try row.next()
            self.canonical = try row.next()
        }
    }

    /// The chain of an organization, in order.
    func chain(_ place: TestPlace = .north) async throws -> [Sealed] {
        let organization = try self.organization(place).id
        return try await self.runtime.database.read(in: .organization(organization)) { tx in
            try tx.fetchAll(
                """
                SELECT s.position, s.hash, s.action, e.canonical FROM \(AuditSeal.table) s
                JOIN \(AuditTrail.table) e ON e.organization_id = s.organization_id AND e.id = s.entry_id
                WHERE s.organization_id = \(organization) ORDER BY s.position
                """)
        }
    }

    /// The actions of the chain without those of the fixture, in order.
    func sealedActions(_ place: TestPlace = .north) async throws -> [String] {
        try await self.chain(place).map(\.action).filter { !$0.hasPrefix("kernel.user.") }
    }

    /// Runs a statement past the guards; tables stand in it as `{room.table}`.
    func tamper(_ statement: String) async throws {
        let isPostgres = self.engine == .postgres
        let text = statement.split(separator: "{", omittingEmptySubsequences: false).enumerated().map { index, part in
            guard index > 0, let end = part.firstIndex(of: "}") else { return String(part) }
            let name = part[..<end].map { $0 == "." && !isPostgres ? "_" : $0 }
            return String(name) + part[part.index(after: end)...]
        }.joined()
        try await self.database.run(text)
    }
}
