import AlmanacKernel
import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit
import Testing

/// What those are told who follow their inbox.
@Suite(.timeLimit(.minutes(60)))
struct InboxFeedTests {
    @Test(arguments: TestEngine.allCases)
    func beginsWithHowMuchIsUnreadAndWhereItIs(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.put(3)
            let listener = await (try await practice.client(as: .customer)).listen(Practice.live)

            #expect(listener.answer.status == 200)
            #expect(listener.answer.response.header("content-type") == "text/event-stream")
            #expect(listener.answer.response.header("cache-control") == "no-store")
            #expect(listener.answer.response.header("x-accel-buffering") == "no")
            #expect(listener.answer.response.header("etag") == nil)
            #expect(await listener.next(1).told == ["unread 3 3"])
            #expect(try #require(await listener.retryMilliseconds) >= 2_000)
        }
    }

    /// The whole way: a booking is confirmed, its grace ends, the sender puts the message into the inbox.
    @Test(arguments: TestEngine.allCases)
    func tellsOfAMessageAsItComes(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let customer = try await practice.client(as: .customer)
            let listener = await customer.listen(Practice.live)
            #expect(await listener.next(1).told == ["unread 0 0"])
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            let message = try #require(await listener.next())
            let item = try #require(
                try await practice.client(as: .customer).get("/api/v1/me/inbox").expect(200)["items"]?[0])
            #expect(message.name == "message" && message.id == "1")
            // The same as in the list.
            #expect(message.data == item)
            #expect(await listener.next(1).told == ["unread 1 1"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoComesAgainGetsWhatCameMeanwhileOnceAndInOrder(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let customer = try await practice.client(as: .customer)
            let first = await customer.listen(Practice.live)
            #expect(await first.next(1).told == ["unread 0 0"])
            try await practice.put(2)
            #expect(await first.next(3).told == ["message 1 1", "message 2 2", "unread 2 2"])
            first.leave()
            #expect(await first.next() == nil)
            try await practice.put("missed")
            try await practice.put("as well")

            let second = await customer.listen(Practice.live, after: "2")
            let missed = ["message 3 missed", "message 4 as well", "unread 4 4"]
            #expect(await second.next(3).told == missed)
            try await practice.put("new")
            #expect(await second.next(2).told == ["message 5 new", "unread 5 5"])
            // Whose program cannot send headers says it in the address; the header counts more.
            let third = await customer.listen("\(Practice.live)?lastEventId=2&forSeconds=0")
            #expect(await third.rest().told == missed.dropLast() + ["message 5 new", "unread 5 5"])
            let fourth = await customer.listen("\(Practice.live)?lastEventId=2&forSeconds=0", after: "4")
            #expect(await fourth.rest().told == ["message 5 new", "unread 5 5"])
        }
    }

    /// Who was away gets all that was stored, in pieces: nothing is kept in memory for them but the next one.
    @Test(arguments: TestEngine.allCases)
    func aLongBacklogIsSentInPieces(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.put(45)
            let listener = await (try await practice.client(as: .customer)).listen(
                "\(Practice.live)?forSeconds=0", after: "0")

            let events = await listener.rest()
            #expect(events.prefix(45).map(\.data).map { $0["subject"]?.string } == (1...45).map { "\($0)" })
            #expect(events.prefix(45).map(\.id) == (1...45).map { "\($0)" })
            #expect(events.dropFirst(45).map { $0 }.told == ["unread 45 45"])
            // The first says how long to wait before connecting again.
            #expect(await listener.pieces == [0, 20, 20, 6])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func tellsWhatWasReadElsewhere(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.put(3)
            let customer = try await practice.client(as: .customer)
            let listener = await customer.listen(Practice.live)
            #expect(await listener.next(1).told == ["unread 3 3"])
            let items = try await customer.get("/api/v1/me/inbox").expect(200)["items"]?.array ?? []
            try await customer.post("/api/v1/me/inbox/\(items[2].id)/read", [:]).expect(200)
            #expect(await listener.next(1).told == ["unread 3 2"])
            // Reading it again changes nothing, and nobody is told.
            try await customer.post("/api/v1/me/inbox/\(items[2].id)/read", [:]).expect(200)
            try await customer.post("/api/v1/me/inbox/\(items[0].id)/read-up-to", [:]).expect(200)
            #expect(await listener.next(1).told == ["unread 3 0"])
        }
    }

    /// Two persons in two organizations, one of them the same user, whose messages have the same numbers.
    @Test(arguments: TestEngine.allCases)
    func nobodyIsToldWhatIsAnothersOrElsewhere(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            let followers = [
                await (try await north.client(as: .customer)).listen(Practice.live),
                await (try await north.client(as: .otherCustomer)).listen(Practice.live),
                await (try await south.client(as: .customer)).listen(Practice.live),
            ]
            for follower in followers { #expect(await follower.next(1).told == ["unread 0 0"]) }
            try await north.put("mine", for: .customer)
            try await north.put("another's", for: .otherCustomer)
            try await south.put("elsewhere", for: .customer)
            try await north.put("mine again", for: .customer)

            let told = [
                await followers[0].next(3).told, await followers[1].next(2).told, await followers[2].next(2).told,
            ]
            #expect(told[0] == ["message 1 mine", "message 2 mine again", "unread 2 2"])
            #expect(told[1] == ["message 1 another's", "unread 1 1"])
            #expect(told[2] == ["message 1 elsewhere", "unread 1 1"])
            // A position of somebody else's opens nothing of theirs.
            let curious = await (try await north.client(as: .admin)).listen(
                "\(Practice.live)?forSeconds=0", after: "0")
            #expect(await curious.rest().told == ["unread 0 0"])
            #expect(await (try await north.platform.client()).listen(Practice.live).answer.status == 401)
        }
    }

    /// A database that was restored may be older than what somebody has seen.
    @Test(arguments: TestEngine.allCases)
    func whoHasSeenMoreThanThereIsReadsAnew(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.put(1)
            let listener = await (try await practice.client(as: .customer)).listen(Practice.live, after: "7")
            #expect(await listener.next(2).told == ["reload 1 ", "unread 1 1"])
            try await practice.put("new")
            #expect(await listener.next(1).told == ["message 2 new"])
        }
    }

    @Test(arguments: ["", "-1", "+1", "01", "1.0", "one", "9007199254740992", "99999999999999999999", "1 2", "0x1"])
    func aPositionThatIsNoneIsRefused(_ position: String) async throws {
        try await withPractice(.sqlite) { practice in
            let customer = try await practice.client(as: .customer)
            let answer = await customer.listen(Practice.live, after: position).answer
            try answer.expect(400, code: "bad_last_event_id")
            #expect(answer.response.live == nil)
            let escaped = position == "+1" ? "%2B1" : position.replacing(" ", with: "%20")
            if position != "01" {
                #expect(await customer.listen("\(Practice.live)?lastEventId=\(escaped)").answer.status == 422)
            }
        }
    }

    /// Another host has delivered: nobody here was woken.
    @Test(arguments: TestEngine.allCases)
    func whatAnotherHostDeliversIsFoundByLooking(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            let listener = await (try await north.client(as: .customer)).listen(Practice.live)
            let other = await (try await south.client(as: .customer)).listen(Practice.live)
            for one in [listener, other] {
                #expect(await one.next(1).told == ["unread 0 0"])
            }
            try await north.platform.lookAround()
            try await north.put("from another host", by: Practice.otherHost)
            try await north.platform.lookAround()
            #expect(await listener.next(2).told == ["message 1 from another host", "unread 1 1"])
            try await south.put("from there too", by: Practice.otherHost)
            try await north.platform.lookAround()
            #expect(await other.next(2).told == ["message 1 from there too", "unread 1 1"])
        }
    }
}
