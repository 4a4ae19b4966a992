import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What callers are told when every connection to the database is taken.
struct BusyDatabaseTests {
    @Test func whoeverFindsNoConnectionIsAnsweredWithin() async throws {
        try await withPlatform(.postgres) { platform in
            var setup = TestDatabase.Setup()
            (setup.poolSize, setup.poolTimeout) = (1, .milliseconds(20))
            let engine = try platform.database.openAgain(setup)
            let database = Database(
                engine: engine, namespace: .kernel, clock: platform.clock, ids: platform.database.ids)
            let runtime = try Runtime(
                assembling: Assembler([]), enabled: [], database: database,
                hasher: PasswordHasher(cost: .forTests), random: SeededRandom(seed: 1), keys: TestKeys(),
                logger: SilentLog.logger)
            let api = try API(
                runtime, settings: APISettings(title: "Test", version: "0", limits: .none), logger: SilentLog.logger)
            let client = APIClient(api, headers: [("Almanac-Organization", "north")])
            let (hasBegun, mayGoOn) = (TestSignal(), TestSignal())
            async let held: Void = database.write(in: .system(SystemScope("test"))) { _ in
                hasBegun.send()
                mayGoOn.wait()
            }
            await hasBegun.arrives()

            let answer = await client.get("/health/ready")
            try answer.expect(503, code: "busy")
            #expect(answer.response.header("retry-after") == "1")
            mayGoOn.send()
            try await held
            try await client.get("/health/ready").expect(200)
            await engine.close()
        }
    }
}
