import AlmanacStorage
import AlmanacTestKit
import Testing

/// Where a request ends: the server and whoever stands in front of it must agree, so that what is unclear is refused.
struct FramingTests {
    /// What comes back for bytes: the status of each response, in order, until the connection ends.
    private func statuses(_ server: SchoolServer, _ text: String) async throws -> [Int] {
        let client = LoopbackClient(port: server.process.port)
        return try await client.perform { connection in
            try? connection.send(text)
            connection.finishSending()
            var statuses: [Int] = []
            while let answer = try? connection.receive() { statuses.append(answer.status) }
            return statuses
        }
    }

    /// A second request that only a confused server would see.
    private static let smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"

    @Test(
        "v5.0.0-4.2.1 a request whose end is unclear is refused, and what follows is not answered",
        arguments: [
            "Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n",
            "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            "Content-Length: 2, 2\r\n\r\n{}",
            "Content-Length: +2\r\n\r\n{}",
            "Content-Length: -1\r\n\r\n{}",
            "Content-Length: 0x2\r\n\r\n{}",
            "Content-Length: 2 \t2\r\n\r\n{}",
            "Content-Length : 2\r\n\r\n{}",
            "Content-Length: 99999999999999999999\r\n\r\n{}",
            "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n0\r\n\r\n",
            "X: a\r\n folded: b\r\n\r\n",
            "X\u{0}: a\r\n\r\n",
            "X: a\u{0}b\r\n\r\n",
            "X: a\rb\r\n\r\n",
            "No colon\r\n\r\n",
            ": empty\r\n\r\n",
        ])
    func aRequestWhoseEndIsUnclearIsRefused(rest: String) async throws {
        try await withSchoolServer(.sqlite) { server in
            let head = "POST /api/v1/auth/logout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let statuses = try await self.statuses(server, head + rest + Self.smuggled)

            #expect(statuses == [400], "\(rest)")
            #expect(try await server.client.get("/health/live").status == 200)
        }
    }

    @Test("v5.0.0-4.2.1 requests whose ends are clear are answered one by one")
    func requestsWhoseEndsAreClearAreAnsweredOneByOne() async throws {
        try await withSchoolServer(.sqlite) { server in
            let head = "POST /api/v1/auth/logout HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            let counted = head + "Content-Length: 2\r\n\r\n{}"
            let chunked = head + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
            let statuses = try await self.statuses(server, counted + chunked + Self.smuggled)

            #expect(statuses == [401, 401, 200])
        }
    }

    @Test(arguments: [
        ("GET /api/v1/me HTTP/1.1\r\n\r\n", 400), ("GET /api/v1/me HTTP/1.1\r\nHost:\r\n\r\n", 400),
        ("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("GET /api/v1/me HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
        ("GET /api/v1/me HTTP/1.1\r\nHost: a b\r\n\r\n", 400), ("GET /api/v1/me HTTP/1.1\r\nHost: a\r\n\r\n", 401),
        ("GET /health/live HTTP/1.1\r\n\r\n", 200), ("GET /health/live HTTP/1.0\r\n\r\n", 200),
    ])
    func aRequestNamesItsHostOnce(request: String, status: Int) async throws {
        try await withSchoolServer(.sqlite) { server in
            let statuses = try await self.statuses(server, request)
            #expect(statuses == [status])
        }
    }

    @Test("v5.0.0-4.2.2 the length of an answer is the one that is stated")
    func theLengthOfAnAnswerIsTheOneThatIsStated() async throws {
        try await withSchoolServer(.sqlite) { server in
            let token = try await server.token()
            let get = try await server.client.get("/api/v1/me", token: token)
            let tag = try #require(get.header("etag"))
            var again = LoopbackRequest("GET", "/api/v1/me", token: token)
            again.headers.append(("If-None-Match", tag))
            let unchanged = again
            let answers = try await server.client.perform { connection in
                // On one connection: a body that should not be there would be taken for the next response.
                try connection.send(LoopbackRequest("HEAD", "/api/v1/me", token: token))
                let head = try connection.receive(to: "HEAD")
                try connection.send(unchanged)
                let same = try connection.receive()
                try connection.send(LoopbackRequest("OPTIONS", "/api/v1/me"))
                let options = try connection.receive()
                try connection.send(LoopbackRequest("GET", "/health/live"))
                return [head, same, options, try connection.receive()]
            }

            #expect(answers.map(\.status) == [200, 304, 204, 200])
            #expect(answers[0].header("content-length") == "\(get.body.count)")
            #expect(answers[1].header("content-length") == nil)
            #expect(answers[1].header("transfer-encoding") == nil)
        }
    }
}
