import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// The inbox that everybody has in the program.
struct InboxTests {
    /// Books so many lessons for the customer and lets them be told.
    private static func fill(_ practice: Practice, _ count: Int) async throws {
        for hour in 0..<count {
            _ = try await practice.book(try practice.march(3, 9 + hour))
            try await practice.tell()
            try await practice.pass(minutes: 4)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func showsWhatWasStoredTheLatestFirst(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await Self.fill(practice, 3)
            let customer = try await practice.client(as: .customer)

            let first = try await customer.get("/api/v1/me/inbox?limit=2").expect(200)
            let items = first["items"]?.array ?? []
            #expect(items.map { $0["subject"]?.string?.suffix(5) } == ["11:00", "10:00"])
            #expect(items.first?["text"]?.string?.hasPrefix("Guten Tag") == true)
            #expect(items.first?["readAt"] == nil || items.first?["readAt"] == .null)
            let next = try #require(first["next"]?.string)
            let rest = try await customer.get("/api/v1/me/inbox?limit=2&after=\(next)").expect(200)
            #expect(rest["items"]?.array?.count == 1)
            #expect(try await customer.get("/api/v1/me/inbox/unread").expect(200)["unread"]?.int == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func countsWhatWasRead(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await Self.fill(practice, 3)
            let customer = try await practice.client(as: .customer)
            let items = try await customer.get("/api/v1/me/inbox").expect(200)["items"]?.array ?? []
            let (latest, middle) = (items[0].id, items[1].id)

            let read = try await customer.post("/api/v1/me/inbox/\(latest)/read", [:]).expect(200)
            let at = try #require(read["readAt"]?.string)
            practice.platform.clock.advance(minutes: 1)
            // Reading again changes nothing.
            #expect(try await customer.post("/api/v1/me/inbox/\(latest)/read", [:]).expect(200)["readAt"]?.string == at)
            #expect(try await customer.get("/api/v1/me/inbox/unread").expect(200)["unread"]?.int == 2)
            #expect(try await customer.get("/api/v1/me/inbox?unread=true").expect(200)["items"]?.array?.count == 2)
            let left = try await customer.post("/api/v1/me/inbox/\(middle)/read-up-to", [:]).expect(200)
            #expect(left["unread"]?.int == 0)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func isNobodyElses(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            try await Self.fill(north, 1)
            let id = try await north.client(as: .customer).get("/api/v1/me/inbox").expect(200)["items"]?[0]?.id ?? ""
            for other in [try await north.client(as: .otherCustomer), try await north.client(as: .admin)] {
                try await other.post("/api/v1/me/inbox/\(id)/read", [:]).expect(404)
                #expect(try await other.get("/api/v1/me/inbox").expect(200)["items"]?.array == [])
            }
            // The same user, in the other organization.
            let elsewhere = try await south.client(as: .customer)
            try await elsewhere.post("/api/v1/me/inbox/\(id)/read", [:]).expect(404)
            #expect(try await elsewhere.get("/api/v1/me/inbox/unread").expect(200)["unread"]?.int == 0)
            try await north.platform.client().get("/api/v1/me/inbox").expect(401)
        }
    }

    /// A mail is in the log of the staff, and no inbox shows it.
    @Test(arguments: TestEngine.allCases)
    func showsNoMailsAndNothingThatWaits(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            let customer = try await practice.client(as: .customer)
            #expect(try await customer.get("/api/v1/me/inbox/unread").expect(200)["unread"]?.int == 0)
            let waiting = try #require(try await practice.log("&channel=inApp&state=waiting").first)
            try await practice.client(as: .customer).post("/api/v1/me/inbox/\(waiting.id)/read", [:]).expect(404)
            try await practice.pass(minutes: 4)
            let mail = try #require(try await practice.log("&channel=email&state=sent").first)
            try await practice.client(as: .customer).post("/api/v1/me/inbox/\(mail.id)/read", [:]).expect(404)
        }
    }
}
