import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The server ends when it is told to, and nobody gets half an answer.
struct DrainTests {
    /// What became of a request.
    private enum Outcome: Equatable {
        /// A whole answer.
        case answered(Int)
        /// Nothing came back: whoever asks again does no harm.
        case unanswered
        /// Nobody listened.
        case refused
        /// The beginning of an answer.
        case broken(String)
    }

    private static func send(_ request: LoopbackRequest, to client: LoopbackClient) async -> Outcome {
        var request = request
        request.headers.append(("Connection", "close"))
        let bytes = request.bytes
        return await
            (try? client.perform { connection in
                do {
                    try connection.send(bytes)
                } catch {
                    return .unanswered
                }
                return Self.outcome((try? connection.receiveToEnd()) ?? [])
            }) ?? .refused
    }

    private static func outcome(_ bytes: [UInt8]) -> Outcome {
        if bytes.isEmpty { return .unanswered }
        let text = String(decoding: bytes, as: UTF8.self)
        guard text.hasPrefix("HTTP/1.1 "), let end = text.range(of: "\r\n\r\n") else { return .broken(text) }
        let head = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
        let length = head.first { $0.hasPrefix("content-length:") }.flatMap {
            Int($0.dropFirst(15).drop { $0 == " " })
        }
        guard let length, text[end.upperBound...].utf8.count == length, let code = Int(text.dropFirst(9).prefix(3))
        else {
            return .broken(text)
        }
        return .answered(code)
    }

    /// Waits until nobody is let in any more.
    private static func waitUntilRefused(by process: ServerProcess) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? LoopbackConnection(port: process.port)) != nil {
            try #require(ContinuousClock.now < deadline, "it still lets people in: \(process.errors)")
            await Task.yield()
        }
    }

    @Test(arguments: TestEngine.allCases)
    func sixteenClientsThatBookGetWholeAnswersWhileItEnds(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            var booked: Set<String> = []
            try await school.serve { server in
                let token = try await server.token()
                let slots = try await server.slots(token)
                let client = server.client
                let isUnderWay = TestSignal()
                let outcomes = await withTaskGroup(of: [(String, Outcome)].self) { group in
                    for number in 0..<16 {
                        let own = slots.enumerated().filter { $0.offset % 16 == number }.map(\.element)
                        group.addTask {
                            var found: [(String, Outcome)] = []
                            for slot in own {
                                let request = LoopbackRequest(
                                    "POST", "/api/v1/bookings", token: token, json: slot.booking)
                                let outcome = await Self.send(request, to: client)
                                found.append(("\(slot.provider) \(slot.start)", outcome))
                                if outcome == .answered(201) { isUnderWay.send() }
                                if outcome == .refused { break }
                            }
                            return found
                        }
                    }
                    await isUnderWay.arrives()
                    kill(server.process.processID, SIGTERM)
                    return await group.reduce(into: [(String, Outcome)]()) { $0 += $1 }
                }
                #expect(await server.process.awaitEnd(within: .seconds(90)) == 0, "\(server.process.errors)")
                for (what, outcome) in outcomes {
                    switch outcome {
                    case .answered(let status): #expect([201, 409].contains(status), "\(what): \(status)")
                    case .broken(let text): Issue.record("\(what): half an answer: \(text)")
                    case .unanswered, .refused: break
                    }
                }
                booked = Set(outcomes.filter { $0.1 == .answered(201) }.map(\.0))
                // The signal came while they were at it.
                #expect(!booked.isEmpty && outcomes.contains { $0.1 != .answered(201) })
            }
            // What was answered is there, and what was not answered was not carried out.
            let found = try await school.serve { server in
                try await server.bookings(try await server.token()).compactMap { booking -> String? in
                    guard let provider = booking["provider"]?.string ?? booking["provider"]?["id"]?.string,
                        let start = booking["start"]?.string
                    else { return nil }
                    return "\(provider) \(start)"
                }
            }
            #expect(Set(found) == booked)
        }
    }

    /// Requests that had begun before the signal, and whose bodies come only after it.
    @Test(arguments: TestEngine.allCases)
    func everyRequestThatHadBegunIsAnswered(_ engine: TestEngine) async throws {
        try await withSchoolServer(engine) { server in
            let process = server.process
            let token = try await server.token()
            // One a day, so that none is in another's way.
            var days: Set<Substring> = []
            let slots = try await server.slots(token).filter { days.insert($0.start.prefix(10)).inserted }.prefix(8)
            let begun = try slots.map { slot -> (connection: LoopbackConnection, rest: ArraySlice<UInt8>) in
                let bytes = LoopbackRequest("POST", "/api/v1/bookings", token: token, json: slot.booking).bytes
                let connection = try LoopbackConnection(port: process.port)
                try connection.send(bytes.dropLast(10))
                return (connection, bytes.suffix(10))
            }
            // Each of the server's event loops has come to what was sent before.
            for _ in 0..<16 { _ = try await server.client.get("/health/live") }
            kill(process.processID, SIGTERM)
            try await Self.waitUntilRefused(by: process)
            #expect(process.isRunning)

            for (connection, rest) in begun { try connection.send(rest) }
            let statuses = begun.map { connection, _ in try? connection.receive(to: "POST").status }
            #expect(statuses == slots.map { _ in 201 })
            #expect(await process.awaitEnd(within: .seconds(90)) == 0, "\(process.errors)")
        }
    }

    @Test
    func aSecondSignalEndsItAtOnce() async throws {
        try await withSchoolServer(.sqlite) { server in
            let process = server.process
            // A request whose body does not come keeps it waiting.
            let held = try LoopbackConnection(port: process.port)
            try held.send("POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            for _ in 0..<16 { _ = try await server.client.get("/health/live") }
            kill(process.processID, SIGTERM)
            try await Self.waitUntilRefused(by: process)
            #expect(process.isRunning)
            kill(process.processID, SIGTERM)

            #expect(await process.awaitEnd(within: .seconds(60)) == 1)
            #expect(process.errors.contains("told to end twice"), "\(process.errors)")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aSignalWhileItStartsEndsItCleanly(_ engine: TestEngine) async throws {
        var wasStarting = false
        for _ in 0..<5 where !wasStarting {
            try await withProgramStorage(engine) { storage in
                let manifest = School.manifest(storage.section)
                try await withProgram(manifest: manifest, environment: storage.environment) { program in
                    let result = try await program.serveInterrupted()
                    #expect(result.exitCode == 0, "\(result)")
                    wasStarting = result.errors.contains("told to stop while starting")
                    // Whatever it had begun, it can begin again.
                    let status = try await program.run(["migrate"])
                    #expect(status.exitCode == 0, "\(status)")
                }
            }
        }
        #expect(wasStarting)
    }
}
