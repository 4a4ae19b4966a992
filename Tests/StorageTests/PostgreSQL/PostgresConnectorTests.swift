import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Who opens a connection waits for the first word of a server, and then for as long as connecting may take.
struct PostgresConnectorTests {
    private func configuration(
        _ servers: String, connectTimeout: Duration = .seconds(60)
    ) throws -> PostgresConfiguration {
        var configuration = PostgresConfiguration(url: try PostgresURL("postgres://clerk:s3cr3t-pw@\(servers)/records"))
        configuration.silenceTimeout = .milliseconds(200)
        configuration.connectTimeout = connectTimeout
        return configuration
    }

    /// What connecting ends with, and how long that takes.
    private func refusal(
        _ body: () throws -> PostgresHandle
    ) -> (error: StorageError?, took: Duration) {
        let began = ContinuousClock.now
        let error = #expect(throws: StorageError.self) { _ = try body() }
        return (error, ContinuousClock.now - began)
    }

    @Test(arguments: 1...3)
    func whoServesIsRefusedSoonWhereNobodySaysAnything(_ count: Int) throws {
        let servers = try (0..<count).map { _ in try SilentServer() }
        let configuration = try self.configuration(servers.map(\.place).joined(separator: ","))
        let (error, took) = self.refusal { try PostgresHandle.serving(configuration, SilentLog.logger) }
        withExtendedLifetime(servers) {}

        #expect(error?.code == .unavailable)
        let message = error?.message ?? ""
        #expect(message.hasPrefix("cannot reach the database records at "), "\(message)")
        for server in servers {
            #expect(
                message.contains(#"connection to server at "127.0.0.1", port \#(server.port) failed: timeout expired"#),
                "\(message)")
        }
        #expect(!message.contains("s3cr3t-pw"))
        #expect(took >= Duration.milliseconds(200) * count && took < .seconds(30), "\(took)")
    }

    /// Who is refused at once is nobody to wait for.
    @Test
    func whoRefusesIsToldOfBesideWhoSaysNothing() throws {
        let silent = try SilentServer()
        let configuration = try self.configuration("127.0.0.1:1,\(silent.place)")
        let (error, took) = self.refusal { try PostgresHandle.serving(configuration, SilentLog.logger) }
        withExtendedLifetime(silent) {}

        let message = error?.message ?? ""
        #expect(message.contains("port \(silent.port) failed: timeout expired"), "\(message)")
        #expect(message.contains("port 1 failed: Connection refused"), "\(message)")
        #expect(took < .seconds(30), "\(took)")
    }

    /// A migration may wait for a server that has much to do.
    @Test
    func whoMaintainsWaitsAsLongAsConnectingMayTake() throws {
        let silent = try SilentServer()
        let configuration = try self.configuration(silent.place, connectTimeout: .seconds(2))
        let (error, took) = self.refusal { try PostgresHandle(configuration, SilentLog.logger) }
        withExtendedLifetime(silent) {}

        #expect(error?.code == .unavailable)
        #expect(took >= .seconds(2) && took < .seconds(30), "\(took)")
    }

    @Test
    func whatTheURLSaysOfConnectingCounts() throws {
        let silent = try SilentServer()
        var configuration = try self.configuration(silent.place)
        configuration.url = try PostgresURL("postgres://clerk@\(silent.place)/records?connect_timeout=2")
        let (_, took) = self.refusal { try PostgresHandle(configuration, SilentLog.logger) }
        withExtendedLifetime(silent) {}

        #expect(took >= .seconds(2) && took < .seconds(30), "\(took)")
    }

    @Test
    func anAnswerIsWaitedForSoLong() async throws {
        try await withPostgres { shop, _ in
            let handle = try PostgresHandle(PostgresConfiguration(url: try shop.url), SilentLog.logger)
            let answers = try handle.execute("SELECT 1; SELECT 2", within: 30_000_000_000).texts
            #expect(answers == [["2"]])
            let refused = #expect(throws: StorageError.self) {
                _ = try handle.execute("SELECT 1 / 0", within: 30_000_000_000)
            }
            #expect(refused?.code == .statement)

            let late = #expect(throws: StorageError.self) {
                _ = try handle.execute("SELECT pg_sleep(3)", within: 200_000_000)
            }
            #expect(late?.code == .unavailable)
            #expect(late?.message.contains("does not answer") == true)
        }
    }

    @Test(
        arguments: [
            ("postgres://10.0.0.1:1,10.0.0.2:2/db", ["10.0.0.1  1", "10.0.0.2  2"]),
            ("postgres://10.0.0.1,10.0.0.2:6/db", ["10.0.0.1  5432", "10.0.0.2  6"]),
            ("postgres://10.0.0.1,10.0.0.2/db?port=7", ["10.0.0.1  7", "10.0.0.2  7"]),
            ("postgres:///db?host=a,b&hostaddr=10.0.0.1,10.0.0.2&port=7", ["a 10.0.0.1 7", "b 10.0.0.2 7"]),
            ("postgres:///db?hostaddr=10.0.0.1,10.0.0.2", ["10.0.0.1 10.0.0.1 5433", "10.0.0.2 10.0.0.2 5433"]),
            ("postgres:///db?host=/run/a,/run/b", ["/run/a  5433", "/run/b  5433"]),
            ("postgres:///db", []),
        ] as [(String, [String])])
    func theServersOfAURLAreThoseThatLibpqTries(_ text: String, _ servers: [String]) throws {
        let other = PostgresAddress(host: "somewhere", address: "", port: "5433")
        let found = PostgresAddress.all(of: try PostgresURL(text), like: other)
        #expect(found.map { "\($0.host) \($0.address) \($0.port)" } == servers)
    }

    @Test
    func anAddressOfANameIsLeftOutAlone() {
        let tried = PostgresAddress(host: "db", address: "10.0.0.1", port: "5432")
        for (other, isSame) in [
            (PostgresAddress(host: "db", address: "10.0.0.1", port: "5432"), true),
            (PostgresAddress(host: "db", address: "", port: "5432"), true),
            (PostgresAddress(host: "db", address: "10.0.0.2", port: "5432"), false),
            (PostgresAddress(host: "db", address: "10.0.0.1", port: "5433"), false),
            (PostgresAddress(host: "other", address: "10.0.0.1", port: "5432"), false),
        ] {
            #expect(other.matches(tried) == isSame, "\(other)")
        }
    }
}
