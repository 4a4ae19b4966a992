import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// How the server starts, ends, and what survives it.
struct LifecycleTests {
    @Test(arguments: TestEngine.allCases)
    func finishesWhatItBeganBeforeItEnds(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)
            let request = LoopbackRequest("POST", "/api/v1/bookings", token: token, json: slot.booking)
            let (process, client) = (server.process, server.client)

            async let code = Self.terminate(process, when: client, hasBegun: request)

            let (exitCode, answer) = try await code
            #expect(answer.status == 201, "\(answer)")
            #expect(exitCode == 0, "\(process.errors)")
            #expect(!process.isRunning)
        }
    }

    /// Sends half of a request, asks the server to end, and sends the other half when nobody is let in any more.
    private static func terminate(
        _ process: ServerProcess, when client: LoopbackClient, hasBegun request: LoopbackRequest
    ) async throws -> (Int32, LoopbackResponse) {
        let answer = try await client.perform { connection in
            try connection.send(request.bytes.dropLast())
            // Each event loop of the server answers one of these after it has read the half request.
            for _ in 0..<16 {
                let other = try LoopbackConnection(port: client.port)
                try other.send(LoopbackRequest("GET", "/health/live"))
                _ = try other.receive()
            }
            kill(process.processID, SIGTERM)
            while (try? LoopbackConnection(port: client.port)) != nil {}
            try connection.send(request.bytes.suffix(1))
            return try connection.receive(to: "POST")
        }
        // Not told again: a second signal cuts off what was begun.
        return (await process.awaitEnd(within: .seconds(60)), answer)
    }

    @Test(arguments: TestEngine.allCases)
    func keepsWhatItAcknowledgedWhenItIsKilled(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            let booked = try await school.serve { server in
                let token = try await server.token()
                var numbers: [String] = []
                for slot in try await server.slots(token).prefix(10) {
                    numbers.append(try #require(try await server.book(slot, token).json()["number"]?.string))
                }
                await server.process.kill()
                return numbers
            }

            let found = try await school.serve { server in
                try await server.bookings(try await server.token()).compactMap { $0["number"]?.string }
            }
            #expect(Set(found) == Set(booked))
            #expect(booked.count == 10)
        }
    }

    @Test
    func letsOneProcessWriteASQLiteFile() async throws {
        try await withSchool(.sqlite) { school in
            try await school.serve { server in
                for command in [["serve", "--port", "0"], ["migrate"], ["seed", "--demo"]] {
                    let second = try await school.program.run(command)
                    #expect(second.exitCode == 1, "\(command) \(second)")
                    #expect(second.errors.contains("process \(server.process.processID) (almanac serve)"), "\(second)")
                }
                #expect(try await server.client.get("/health/ready").status == 200)
            }
        }
    }

    @Test
    func letsSeveralProcessesServeOnPostgreSQL() async throws {
        try await withSchool(.postgres) { school in
            try await school.serve { first in
                try await school.serve { second in
                    let token = try await first.token()
                    let slot = try #require(try await first.slots(token).first)

                    #expect(try await first.book(slot, token).status == 201)
                    #expect(try await second.book(slot, token).status == 409)
                }
            }
        }
    }

    @Test(arguments: ["serve", "migrate"])
    func migratesOnceWhenTwoStartAtOnce(_ command: String) async throws {
        try await withProgramStorage(.postgres) { storage in
            let manifest = School.manifest(storage.section)
            try await withProgram(manifest: manifest, environment: storage.environment) { program in
                if command == "serve" {
                    async let first = program.serve { try await $0.client.get("/health/ready").status }
                    async let second = program.serve { try await $0.client.get("/health/ready").status }
                    #expect(try await [first, second] == [200, 200])
                } else {
                    async let first = program.run(["migrate"])
                    async let second = program.run(["migrate"])
                    let results = try await [first, second]
                    #expect(results.map(\.exitCode) == [0, 0], "\(results)")
                    #expect(results.filter { $0.output.contains("applied kernel 1") }.count == 1, "\(results)")
                }
                let status = try await program.run(["migrate", "--status", "--format", "json"])
                #expect(try JSON(parsing: Array(status.output.utf8))["upToDate"]?.bool == true, "\(status)")
            }
        }
    }

    @Test
    func saysWhereItListensAndNothingElse() async throws {
        try await withSchoolServer(.sqlite) { server in
            #expect(server.process.output == "listening on http://127.0.0.1:\(server.process.port)\n")
        }
    }

    @Test
    func endsAtOnceWhenIdle() async throws {
        try await withSchoolServer(.sqlite) { server in
            let idle = try LoopbackConnection(port: server.process.port)
            let code = await server.process.terminate(within: .seconds(30))

            #expect(code == 0)
            #expect(try idle.receiveToEnd().isEmpty)
        }
    }
}
