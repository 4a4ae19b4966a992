import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// Entries from addresses that can be told apart, and people who are erased.
extension TestPlatform {
    /// Does something that leaves one entry, from an address.
    func act(
        _ action: String, from address: String, as member: TestMember = .customer, in place: TestPlace = .north,
        on host: Runtime? = nil
    ) async throws {
        let command = Command<Void, Void>("notes.audited", .signedIn) { _, _, tx in try tx.audit(action) }
        var call = try self.call(as: member, in: place)
        call.origin.address = address
        try await (host ?? self.runtime).invoker.run(command, of: Notes.id, (), as: call)
    }

    /// Refuses somebody unknown, from an address.
    func refuse(from address: String, code: String = "token_invalid", in place: TestPlace = .north) async throws {
        self.runtime.audit.refusals.note(
            RefusedAttempt(
                try self.organization(place).id, actor: "anonymous", operation: "notes.read", code: code,
                origin: Origin(.http, address: address)))
        await self.runtime.audit.refusals.settle()
    }

    /// Erases a member as the operator does.
    @discardableResult
    func erase(_ member: TestMember, in place: TestPlace = .north) async throws -> Privacy.Erased {
        let call = Call(
            organization: try self.organization(place).id, principal: .system("privacy"), origin: Origin(.cli))
        return try await self.runtime.invoker.run(
            self.runtime.privacy.erase, of: .kernel, try self.person(member, in: place), as: call)
    }

    /// The entries of a log that meet a filter, the latest first.
    func entries(
        _ filter: AuditFilter = AuditFilter(), in place: TestPlace = .north
    ) async throws -> [StoredAuditEntry] {
        let organization = try self.organization(place).id
        return try await self.runtime.database.read(in: .organization(organization)) { tx in
            try AuditSearch.page(filter, after: nil, limit: 1_000, of: organization, in: tx)
        }
    }

    /// The actions of the entries from an address, in order.
    func actions(from address: String, in place: TestPlace = .north) async throws -> [String] {
        var filter = AuditFilter()
        filter.address = address
        return try await self.entries(filter, in: place).map(\.action).reversed()
    }

    /// The addresses of the fixture's own actions, in order.
    func addresses(in place: TestPlace = .north) async throws -> [String?] {
        try await self.entries(in: place).filter { $0.action.hasPrefix("notes.") }.map(\.address).reversed()
    }

    func verify(_ place: TestPlace = .north) async throws -> AuditVerdict {
        try await self.runtime.audit.verifier.verify(try self.organization(place).id)
    }

    /// How many keys there are of people, and how many of months.
    func keys() async throws -> [Int] {
        try await self.runtime.database.read(in: .system(SystemScope("count"))) { tx in
            let people = try tx.value(
                "SELECT count(*) FROM \(SubjectKey.table) WHERE person_id IS NOT NULL", as: Int.self)
            let months = try tx.value("SELECT count(*) FROM \(SubjectKey.table) WHERE month IS NOT NULL", as: Int.self)
            return [people ?? 0, months ?? 0]
        }
    }

    /// The tables in which a word stands anywhere, as text or in bytes, without their rooms.
    func tables(holding word: String) async throws -> [String] {
        let isPostgres = self.engine == .postgres
        let names = try await self.database.rows(
            isPostgres
                ? """
                SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
                """
                : "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1")
        let hex = word.utf8.map { String($0, radix: 16) }.joined()
        var found: [String] = []
        for name in names.compactMap({ $0.first ?? nil }) {
            let rows = try await self.database.rows(
                isPostgres ? "SELECT t::text FROM \(name) t" : "SELECT * FROM \(name)")
            let isHolding = rows.contains { row in
                row.contains { $0.map { $0.contains(word) || $0.contains(hex) } ?? false }
            }
            if isHolding { found.append(String(name.dropFirst("kernel.".count))) }
        }
        return found
    }

    /// The same deployment as a second process runs it, with the same ring, which knows nothing of what the first
    /// remembers.
    func otherHost(_ keys: TestKeys, observer: (@Sendable (SQL) -> Void)? = nil) throws -> Runtime {
        try Runtime(
            assembling: Assembler([Notes.self]), enabled: [EnabledPlugin(Notes.id)],
            database: Database(
                engine: self.database.engine, namespace: .kernel, clock: self.clock, ids: self.database.ids,
                observer: observer),
            hasher: PasswordHasher(cost: .forTests, random: SeededRandom(seed: 1)), random: SeededRandom(seed: 2),
            keys: keys, logger: SilentLog.logger)
    }
}
