import AlmanacStorage
import AlmanacTestKit
import Testing

/// Many connections, and slow ones, against the real server with small limits.
struct ConnectionTests {
    private static let live = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test func oneAddressHasSoManyConnectionsAndNoMore() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {connections: {perAddress: 100}}") { server in
            let port = server.process.port
            let (served, turnedAway, afterwards) = try await server.client.perform { _ in
                // The connection that this closure was given counts as well.
                let held = try (0..<99).map { _ in try LoopbackConnection(port: port) }
                for connection in held { try connection.send(Self.live) }
                let served = try held.map { try $0.receive().status }
                let turnedAway = try (0..<200).map { _ in try LoopbackConnection(port: port).receive() }
                held[0].finishSending()
                _ = try held[0].receiveToEnd()
                var afterwards = 0
                let deadline = ContinuousClock.now + .seconds(10)
                while afterwards != 200, ContinuousClock.now < deadline {
                    let next = try LoopbackConnection(port: port)
                    try? next.send(Self.live)
                    afterwards = (try? next.receive().status) ?? 0
                }
                return (served, turnedAway, afterwards)
            }

            #expect(served.allSatisfy { $0 == 200 })
            #expect(turnedAway.allSatisfy { $0.status == 429 })
            let refusal = try #require(turnedAway.first)
            #expect(try refusal.problemCode() == "too_many_connections")
            #expect(refusal.header("x-content-type-options") == "nosniff")
            #expect(afterwards == 200, "a place that was given back is free again")
        }
    }

    @Test func whoSaysNothingDoesNotKeepOthersWaiting() async throws {
        let limits = "server: {headTimeoutSeconds: 1, connections: {total: 50}}"
        try await withSchoolServer(.sqlite, rest: limits) { server in
            let port = server.process.port
            let status = try await server.client.perform { _ in
                // More connections than are served, and each says a little.
                let silent = try (0..<300).map { _ in try LoopbackConnection(port: port) }
                for connection in silent { try connection.send("GET /health/live HTTP/1.1\r\nHost: x\r\nX-A: ") }
                let honest = try LoopbackConnection(port: port)
                try honest.send(Self.live)
                return try honest.receive().status
            }

            #expect(status == 200)
        }
    }

    @Test func whoDripsAHeadIsCutOff() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {headTimeoutSeconds: 1}") { server in
            // Waiting in vain for an answer is the pause between two bytes.
            let impatient = LoopbackClient(port: server.process.port, timeout: .milliseconds(50))
            let rest = try await impatient.perform { connection -> [UInt8]? in
                try connection.send("GET /health/live HTTP/1.1\r\nHost: x\r\nX-Drip: ")
                let deadline = ContinuousClock.now + .seconds(20)
                while ContinuousClock.now < deadline {
                    try? connection.send("x")
                    if let rest = try? connection.receiveToEnd() { return rest }
                }
                return nil
            }

            #expect(rest == [], "cut off without an answer")
        }
    }

    @Test func whoDoesNotTakeAnAnswerIsCutOff() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {answerTimeoutSeconds: 1}") { server in
            let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
            let length = try await server.client.get("/openapi.json").body.count
            // More than the buffers of both ends hold.
            let count = (32 << 20) / length
            let patient = LoopbackClient(port: server.process.port)
            let received = try await patient.perform { connection in
                try connection.send(String(repeating: request, count: count))
                try connection.awaitClosing()
                return (try? connection.receiveToEnd())?.count ?? 0
            }

            #expect(received < count * length)
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    @Test func whoTakesAnswersOneAfterTheOtherGetsThemAll() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {answerTimeoutSeconds: 2}") { server in
            let request = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
            let statuses = try await server.client.perform { connection in
                try connection.send(String(repeating: request, count: 50))
                return try (0..<50).map { _ in try connection.receive().status }
            }

            #expect(statuses == Array(repeating: 200, count: 50))
        }
    }

    @Test func everyAnswerOfTheTransportCarriesTheHeaders() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {https: true}") { server in
            for text in [
                "hello\r\n\r\n", "GET /health/live HTTP/1.1\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n",
            ] {
                let answer = try await server.client.perform { connection in
                    try connection.send(text)
                    return try connection.receive()
                }
                #expect(answer.status >= 400)
                #expect(answer.header("content-security-policy")?.hasPrefix("default-src 'none'") == true)
                #expect(answer.header("strict-transport-security") == "max-age=31536000; includeSubDomains")
                #expect(answer.header("x-request-id")?.count == 16)
            }
        }
    }
}
