import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// The inbox as it fills, over a socket from the real program.
@Suite(.timeLimit(.minutes(60)))
struct LiveInboxTests {
    static let live = "/api/v1/me/inbox/live"
    /// Nobody is reminded, and what is booked is told at once.
    static let messaging = "messaging: {graceMinutes: 0, reminderLeadMinutes: 0}"

    private static func serve(
        _ engine: TestEngine, rest: String = "", _ body: (SchoolServer) async throws -> Void
    ) async throws {
        try await withSchool(engine, plugins: Self.messaging, rest: rest) { school in
            try await school.serve { try await body($0) }
        }
    }

    /// A client that waits for events longer than for answers.
    private static func patient(_ server: SchoolServer) -> LoopbackClient {
        LoopbackClient(port: server.process.port)
    }

    /// Lessons that one customer can book: no two at the same time.
    static func slots(_ server: SchoolServer, _ token: String) async throws -> [SchoolServer.Slot] {
        var starts: Set<String> = []
        return try await server.slots(token).filter { starts.insert($0.start).inserted }
    }

    /// Books a lesson.
    static func book(_ slot: SchoolServer.Slot, on server: SchoolServer, _ token: String) async throws -> JSON {
        let answer = try await server.book(slot, token)
        try #require(answer.status == 201, "\(answer)")
        return try answer.json()
    }

    /// Waits until so many messages are in the inbox.
    private static func awaitInbox(_ count: Int, _ server: SchoolServer, _ token: String) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            let answer = try await server.client.get("/api/v1/me/inbox", token: token)
            if try answer.json()["items"]?.array?.count == count { return }
        }
        Issue.record("there were never \(count) messages")
    }

    @Test(arguments: TestEngine.allCases)
    func tellsOfWhatIsBookedAndGoesOnWhereItWas(_ engine: TestEngine) async throws {
        try await Self.serve(engine) { server in
            let token = try await server.token()
            let slots = try await Self.slots(server, token)
            let client = Self.patient(server)
            let first = try await client.listen(Self.live, token: token)
            #expect(first.status == 200)
            #expect(first.header("content-type") == "text/event-stream")
            #expect(first.header("content-length") == nil)
            #expect(first.header("x-accel-buffering") == "no")
            let unread = try #require(await first.next())
            #expect(unread.name == "unread" && unread.id == "0" && unread.data["unread"] == 0)
            let booked = try await Self.book(slots[0], on: server, token)
            let message = try #require(await first.next("message"))
            #expect(message.data["booking"]?.string == booked["id"]?.string)
            #expect(message.data["type"] == "bookingConfirmed")
            first.hangUp()

            // Whoever was away gets what was stored, and then goes on.
            _ = try await Self.book(slots[1], on: server, token)
            try await Self.awaitInbox(2, server, token)
            let second = try await client.listen(Self.live, token: token, after: message.id)
            let missed = try #require(await second.next())
            #expect(missed.name == "message" && missed.id == "2")
            _ = try await Self.book(slots[2], on: server, token)
            #expect(await second.next("message")?.id == "3")
            let all = try await client.listen("\(Self.live)?forSeconds=0", token: token, after: "0")
            #expect(await all.rest().filter { $0.name == "message" }.map(\.id) == ["1", "2", "3"])
            #expect(all.end == .whole)
        }
    }

    @Test func aSessionThatEndsEndsTheStream() async throws {
        try await Self.serve(.sqlite) { server in
            let token = try await server.token()
            let listener = try await Self.patient(server).listen(Self.live, token: token)
            #expect(await listener.next()?.name == "unread")
            let sessions = try await server.client.get("/api/v1/me/sessions", token: token).json()["items"]?.array ?? []
            let current = try #require(sessions.first { $0["current"]?.bool == true }?["id"]?.string)
            let before = ContinuousClock.now
            _ = try await server.client.send(LoopbackRequest("DELETE", "/api/v1/me/sessions/\(current)", token: token))
            #expect(await listener.rest().isEmpty)
            #expect(listener.end == .whole)
            let gap = ContinuousClock.now - before
            #expect(gap < Duration.seconds(5).patiently, "\(gap)")
            print("from the end of the session to the end of the stream: \(gap)")
            #expect(try await server.client.get(Self.live, token: token).status == 401)
        }
    }

    /// It is neither cut by the deadlines of answers nor by those of idle connections.
    @Test func goesOnBeyondTheDeadlinesOfRequests() async throws {
        let settings = "server: {requestTimeoutSeconds: 1, answerTimeoutSeconds: 2, live: {heartbeatSeconds: 1}}"
        try await Self.serve(.sqlite, rest: settings) { server in
            let token = try await server.token()
            let listener = try await Self.patient(server).listen("\(Self.live)?forSeconds=6", token: token)
            #expect(await listener.rest().map(\.name) == ["unread"])
            #expect(listener.end == .whole)
            #expect(listener.comments >= 3)
        }
    }

    /// Whoever hangs up makes room, long before anything could have been sent to them.
    @Test func whoHangsUpMakesRoom() async throws {
        let settings = "server: {live: {heartbeatSeconds: 300, perUser: 1}}"
        try await Self.serve(.sqlite, rest: settings) { server in
            let token = try await server.token()
            let client = Self.patient(server)
            let gone = try await client.listen(Self.live, token: token)
            #expect(await gone.next()?.name == "unread")
            #expect(try await client.listen(Self.live, token: token).status == 429)
            gone.hangUp()
            // The place is free as soon as the connection is closed.
            let deadline = ContinuousClock.now + .seconds(20)
            var status = 0
            while status != 200, ContinuousClock.now < deadline {
                status = try await client.listen("\(Self.live)?forSeconds=0", token: token).status
            }
            #expect(status == 200)
        }
    }

    /// Nothing is waited for, and each stream ends with its last chunk.
    @Test(arguments: TestEngine.allCases)
    func streamsEndWithTheServer(_ engine: TestEngine) async throws {
        try await Self.serve(engine) { server in
            let token = try await server.token()
            let client = Self.patient(server)
            var listeners: [LoopbackListener] = []
            for _ in 0..<5 { listeners.append(try await client.listen(Self.live, token: token)) }
            for listener in listeners { #expect(await listener.next()?.name == "unread") }
            let before = ContinuousClock.now
            kill(server.process.processID, SIGTERM)
            for listener in listeners {
                #expect(await listener.rest().isEmpty)
                #expect(listener.end == .whole)
            }
            #expect(await server.process.awaitEnd(within: .seconds(60)) == 0, "\(server.process.errors)")
            let gap = ContinuousClock.now - before
            #expect(gap < Duration.seconds(8).patiently, "\(gap)")
            print("from the signal to the end: \(gap)")
        }
    }
}
