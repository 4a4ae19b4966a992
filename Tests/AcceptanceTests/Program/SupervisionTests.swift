import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What whoever watches a deployment sees of its plugins, and what ends a server that stands still.
struct SupervisionTests {
    private static let token = "0123456789abcdef0123"
    private static let watching = #"metrics: {token: "${env:WATCH_TOKEN}"}"#

    private func withServer(
        _ engine: TestEngine, rest: String, _ body: (Program, ServerProcess) async throws -> Void
    ) async throws {
        try await withProgramStorage(engine) { storage in
            let manifest = School.manifest(storage.section, rest: rest)
            let environment = storage.environment.merging(["WATCH_TOKEN": Self.token]) { $1 }
            try await withProgram(manifest: manifest, environment: environment) { program in
                try await program.serve { try await body(program, $0) }
            }
        }
    }

    private func plugins(_ server: ServerProcess) async throws -> [JSON] {
        let answer = try await server.client.get("/health/plugins", token: Self.token)
        #expect(answer.status == 200)
        return try answer.json()["plugins"]?.array ?? []
    }

    @Test(arguments: TestEngine.allCases)
    func whoeverWatchesSeesThePlugins(_ engine: TestEngine) async throws {
        try await self.withServer(engine, rest: Self.watching) { _, server in
            let plugins = try await self.plugins(server)
            #expect(plugins.map { $0["id"]?.string } == ["kernel", "bookings"])
            #expect(plugins.allSatisfy { $0["state"]?.string == "running" }, "\(plugins)")
            let work = plugins[0]["work"]?.array?.compactMap { $0["name"]?.string } ?? []
            #expect(Set(work).isSuperset(of: ["audit", "mail", "keys", "retention", "quarantine"]), "\(work)")
            let metrics = try await server.client.get("/metrics", token: Self.token)
            #expect(metrics.text.contains(#"almanac_plugin_state{plugin="bookings"} 0"#))
        }
    }

    @Test
    func strangersSeeNothing() async throws {
        try await self.withServer(.sqlite, rest: Self.watching) { _, server in
            for token in [nil, "wrong"] {
                let answer = try await server.client.get("/health/plugins", token: token)
                #expect(answer.status == 401)
                #expect(!answer.text.contains("bookings"))
            }
        }
        // Where nobody watches there is no such page.
        try await self.withServer(.sqlite, rest: "") { _, server in
            let page = try await server.client.get("/health/plugins", token: Self.token)
            let nothing = try await server.client.get("/health/nothing", token: Self.token)
            #expect(page.status == 404)
            #expect(try page.problemCode() == nothing.problemCode())
        }
    }

    @Test
    func aServerNoticesThatAPluginIsPutAside() async throws {
        try await self.withServer(.postgres, rest: Self.watching) { program, server in
            let put = try await program.run(["plugins", "quarantine", "bookings", "--reason", "floods a partner"])
            #expect(put.exitCode == 0, "\(put)")
            let list = try await program.run(["plugins", "list"])
            #expect(list.output.contains("bookings\tenabled\tput aside since"), "\(list)")
            try await self.wait(server, until: "quarantined")
            #expect(try await self.plugins(server)[1]["reason"]?.string == "floods a partner")

            let released = try await program.run(["plugins", "release", "bookings"])
            #expect(released.exitCode == 0, "\(released)")
            try await self.wait(server, until: "running")
        }
    }

    private func wait(_ server: ServerProcess, until state: String) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while try await self.plugins(server)[1]["state"]?.string != state {
            try #require(ContinuousClock.now < deadline, "it never was \(state)")
        }
    }

    @Test
    func aPluginThatIsUnknownCannotBePutAside() async throws {
        try await withProgramStorage(.sqlite) { storage in
            let manifest = School.manifest(storage.section)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                #expect(try await program.run(["migrate"]).exitCode == 0)
                let result = try await program.run(["plugins", "quarantine", "booking", "--reason", "x"])
                #expect(result.exitCode == 2, "\(result)")
                #expect(result.errors.contains("there is no plugin called booking"), "\(result)")
            }
        }
    }

    /// Nobody takes the log any more, so that whoever writes to it stands still: soon every thread does.
    @Test
    func aServerWhoseThreadsAllStandStillIsEnded() async throws {
        try await withProgramStorage(.sqlite) { storage in
            let manifest = School.manifest(storage.section, rest: "server: {watchdogSeconds: 5}")
                .replacing("logging: {level: warning}", with: "logging: {level: info, requests: info}")
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                try await program.serve(readsErrors: false) { server in
                    let client = LoopbackClient(port: server.port, timeout: .seconds(2))
                    await withTaskGroup(of: Void.self) { group in
                        for _ in 0..<8 {
                            group.addTask {
                                for _ in 0..<200 {
                                    guard (try? await client.get("/nowhere")) != nil else { return }
                                }
                            }
                        }
                    }
                    #expect(await server.awaitEnd(within: .seconds(60)) == 70)
                }
            }
        }
    }
}
