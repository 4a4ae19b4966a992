import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

/// Charges cards at a bank that may be away.
private final class Bank: Sendable {
    struct Away: Error {}

    private let state = Mutex<(isAway: Bool, charged: [ID<SagaRun>: Int])>((false, [:]))

    var isAway: Bool {
        get { self.state.withLock { $0.isAway } }
        set { self.state.withLock { $0.isAway = newValue } }
    }

    var charges: [Int] { self.state.withLock { Array($0.charged.values) } }

    /// Charging twice under one key charges once.
    func charge(_ amount: Int, key: ID<SagaRun>) throws -> Int {
        try self.state.withLock { state in
            guard !state.isAway else { throw Away() }
            state.charged[key] = amount
            return amount
        }
    }
}

/// Where settled charges are written.
private struct Tills: Plugin {
    static let till = Table(Namespace("tills"), "till")
    static let declaration = Declaration(
        id: "tills", version: "1.0.0", summary: "Tills",
        migrations: [
            Migration(1, "till") {
                CreateTable(Self.till) {
                    Column("id", .uuid)
                    Column("amount", .integer)
                    PrimaryKey("id")
                }
            }
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}
    var contributions: Contributions { Contributions([]) }

    struct Reservation: Codable, Sendable { let amount: Int }

    static func charge(_ bank: Bank) -> Saga<Int, Reservation, Int> {
        Saga(
            "tills.charge",
            reserve: { amount, tx in
                guard amount > 0 else { throw Refusal.invalid("/amount", "amount", "must be positive") }
                return Reservation(amount: amount)
            },
            act: { reservation, id in try bank.charge(reservation.amount, key: id) },
            settle: { reservation, result, tx in
                guard case .success(let charged) = result, let organization = tx.scope.organization else { return }
                let id: ID<Tills> = tx.id()
                try tx.execute(
                    """
                    INSERT INTO \(Self.till) (organization_id, id, amount)
                    VALUES (\(organization), \(id), \(charged))
                    """)
            })
    }
}

struct SagaTests {
    private func till(_ platform: TestPlatform) async throws -> [Int] {
        let organization = try platform.organization().id
        return try await platform.database(of: "tills").read(in: .organization(organization)) { tx in
            try tx.values("SELECT amount FROM \(Tills.till) WHERE organization_id = \(organization)", as: Int.self)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func settlesWhatTheOtherSideDid(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Tills.self]) { platform in
            let bank = Bank()
            let charged = try await platform.runtime.sagas.run(
                Tills.charge(bank), of: "tills", 500, as: try platform.call(as: .admin))

            #expect(charged == 500)
            #expect(try await self.till(platform) == [500])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func refusesBeforeAnythingIsSent(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Tills.self]) { platform in
            let bank = Bank()
            await #expect(throws: Refusal.self) {
                try await platform.runtime.sagas.run(
                    Tills.charge(bank), of: "tills", 0, as: try platform.call(as: .admin))
            }
            #expect(bank.charges.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aFailedActSettlesAsFailedAndIsNotTakenUpAgain(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Tills.self]) { platform in
            let bank = Bank()
            bank.isAway = true
            let call = try platform.call(as: .admin)
            await #expect(throws: Bank.Away.self) {
                try await platform.runtime.sagas.run(Tills.charge(bank), of: "tills", 500, as: call)
            }
            bank.isAway = false

            let resumed = try await platform.runtime.sagas.resume(Tills.charge(bank), of: "tills", as: call)

            #expect(resumed == 0)
            #expect(try await self.till(platform).isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func takesUpWhatACrashLeftBehind(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Tills.self]) { platform in
            let bank = Bank()
            let call = try platform.call(as: .admin)
            let crashing = Saga<Int, Tills.Reservation, Int>(
                "tills.charge", reserve: { amount, _ in Tills.Reservation(amount: amount) },
                act: { reservation, id in
                    // The bank did it, and then the process was gone: the answer never arrived.
                    _ = try bank.charge(reservation.amount, key: id)
                    throw CancellationError()
                }, settle: { _, _, _ in throw CancellationError() })
            await #expect(throws: CancellationError.self) {
                try await platform.runtime.sagas.run(crashing, of: "tills", 700, as: call)
            }

            let resumed = try await platform.runtime.sagas.resume(Tills.charge(bank), of: "tills", as: call)

            #expect(resumed == 1)
            #expect(bank.charges == [700], "charged under the same key, so once")
            #expect(try await self.till(platform) == [700])
        }
    }
}
