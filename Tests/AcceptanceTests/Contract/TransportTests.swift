import AlmanacStorage
import AlmanacTestKit
import Testing

/// What the server does with connections that misbehave.
struct TransportTests {
    @Test
    func answersWhatIsNotHTTP() async throws {
        try await withSchoolServer(.sqlite) { server in
            for text in ["hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"] {
                let answer = try await server.client.perform { connection in
                    try connection.send(text)
                    return try connection.receive()
                }
                #expect(answer.status == 400, "\(text): \(answer)")
                #expect(try answer.problemCode() == "not_http")
            }
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    @Test
    func refusesHeadersWithoutEnd() async throws {
        try await withSchoolServer(.sqlite) { server in
            let header = (name: "X-Long", value: String(repeating: "x", count: 40_000))
            let answer = try await server.client.send(LoopbackRequest("GET", "/health/live", headers: [header]))

            #expect(answer.status == 431, "\(answer)")
            #expect(try answer.problemCode() == "headers_too_large")
        }
    }

    @Test(arguments: [true, false])
    func refusesABodyThatIsTooLarge(announced: Bool) async throws {
        try await withSchoolServer(.sqlite) { server in
            let body = [UInt8](repeating: 0x20, count: 3 << 20)
            var request = LoopbackRequest(
                "POST", "/api/v1/auth/token", headers: [("Content-Type", "application/json")], body: body)
            if !announced {
                request.headers.append(("Transfer-Encoding", "chunked"))
                request.body = Array("300000\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
            }
            let sent = request

            let answer = try await server.client.perform { connection in
                // The server may stop reading in the middle; what counts is that its answer arrives.
                try? connection.send(sent)
                return try connection.receive(to: "POST")
            }

            #expect(answer.status == 413, "\(answer)")
            #expect(try answer.problemCode() == "body_too_large")
            #expect(answer.header("connection") == "close")
        }
    }

    @Test
    func endsABodyThatBreaksOff() async throws {
        try await withSchoolServer(.sqlite) { server in
            let head = "POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let answer = try await server.client.perform { connection in
                try connection.send(head + "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n")
                return try connection.receive(to: "POST")
            }

            #expect(answer.status == 400, "\(answer)")
            #expect(try answer.problemCode() == "not_http")
        }
    }

    @Test(arguments: [
        "", "GET /health/live HTTP/1.1\r\nHost: x\r\n",
        "POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{",
    ])
    func cutsOffWhoFallsSilent(begun: String) async throws {
        try await withSchoolServer(.sqlite, rest: "server: {requestTimeoutSeconds: 1}") { server in
            let rest = try await server.client.perform { connection in
                try connection.send(begun)
                return try connection.receiveToEnd()
            }

            #expect(rest.isEmpty)
        }
    }

    @Test
    func cutsOffWhoDrips() async throws {
        try await withSchoolServer(.sqlite, rest: "server: {requestTimeoutSeconds: 1}") { server in
            let head = "POST /api/v1/auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n"
            // Waiting in vain for an answer is the pause between two bytes.
            let impatient = LoopbackClient(port: server.process.port, timeout: .milliseconds(50))
            let answer = try await impatient.perform { connection -> [UInt8]? in
                try connection.send(head)
                let deadline = ContinuousClock.now + .seconds(20)
                while ContinuousClock.now < deadline {
                    try? connection.send(" ")
                    if let answer = try? connection.receiveToEnd() { return answer }
                }
                return nil
            }

            let text = String(decoding: try #require(answer, "still connected"), as: UTF8.self)
            #expect(text.hasPrefix("HTTP/1.1 408 "), "\(text)")
        }
    }

    @Test(arguments: ["Content-Length: 2", "Transfer-Encoding: chunked"])
    func doesNotCarryOutHalfARequest(framing: String) async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            let slot = try #require(try await server.slots(token).first)
            let id = try #require(try await server.book(slot, token).json()["id"]?.string)
            let head = "POST /api/v1/bookings/\(id)/cancel HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n"

            _ = try await server.client.perform { connection in
                try connection.send("\(head)\(framing)\r\n\r\n")
                connection.finishSending()
                return try connection.receiveToEnd()
            }

            #expect(try await server.bookings(token)[0]["status"]?.string == "confirmed")
        }
    }

    @Test
    func keepsAConnectionForFurtherRequests() async throws {
        try await withSchoolServer(.sqlite) { server in
            let statuses = try await server.client.perform { connection in
                try (0..<3).map { _ in
                    try connection.send(LoopbackRequest("GET", "/health/live"))
                    return try connection.receive().status
                }
            }

            #expect(statuses == [200, 200, 200])
        }
    }
}
