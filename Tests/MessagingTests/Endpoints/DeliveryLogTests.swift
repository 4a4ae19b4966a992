import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// What the staff see of messages.
struct DeliveryLogTests {
    @Test(arguments: TestEngine.allCases)
    func isFiltered(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let one = try await practice.book(try practice.march(3, 10))
            _ = try await practice.book(try practice.march(4, 10), as: .otherCustomer)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            let admin = try await practice.client(as: .admin)
            let person = try practice.platform.person(.otherCustomer)
            #expect(try await practice.log(as: admin).count == 16)
            #expect(try await practice.log("&state=sent", as: admin).count == 8)
            #expect(try await practice.log("&state=sent&channel=email", as: admin).count == 4)
            #expect(try await practice.log("&type=bookingReminder&state=waiting", as: admin).count == 8)
            #expect(Set(try await practice.log("&booking=\(one)", as: admin).map { $0["booking"]?.string }) == [one])
            #expect(try await practice.log("&person=\(person)", as: admin).count == 4)
            try await admin.get("/api/v1/messages?channel=0.5").expect(422)
            let item = try #require(try await practice.log("&person=\(person)", as: admin).first)
            let shown = try await admin.get("/api/v1/messages/\(item.id)").expect(200)
            #expect(shown == item)
            // What a message says is between those who send and get it.
            #expect(item["subject"] == nil)
            #expect(item["text"] == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func isForTheStaffOfTheOrganization(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            _ = try await north.book(try north.march(3, 10))
            try await north.tell()
            let id = try #require(try await north.log().first).id
            try await north.client(as: .customer).get("/api/v1/messages/\(id)").expect(403)
            try await north.client(as: .provider).get("/api/v1/messages").expect(403)
            try await south.client(as: .admin).get("/api/v1/messages/\(id)").expect(404)
            try await south.client(as: .admin).post("/api/v1/messages/\(id)/retry", [:]).expect(404)
            #expect(try await south.log().isEmpty)
        }
    }
}
