import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// Where appointments take place, and calendars besides bookings, each made for one request.
extension MatrixSchool {
    func location() async throws -> String {
        try await self.maker.post("/api/v1/locations", ["name": .string("Place \(self.next())")]).expect(201).id
    }

    /// What asks for an event after all bookings.
    static func eventInput(_ participants: [String]) -> JSON {
        [
            "title": "Meeting", "start": "2027-04-03T10:00:00Z", "end": "2027-04-03T11:00:00Z",
            "participants": .array(participants.map { .string($0) }),
        ]
    }

    /// An event of a member's own, or of an administrator who does not call.
    func calendarEvent(of member: TestMember?) async throws -> String {
        let client = if let member { try await self.api.signedIn(member.email) } else { self.maker }
        return try await client.post("/api/v1/calendar-events", Self.eventInput([])).expect(201).id
    }

    /// An event to which a member is invited.
    func invitation(of member: TestMember) async throws -> String {
        let person = try self.platform.person(member, in: self.place).description
        return try await self.maker.post("/api/v1/calendar-events", Self.eventInput([person])).expect(201).id
    }

    static func discoveryInput(_ provider: String) -> JSON {
        [
            "provider": .string(provider), "address": "https://dav.example/calendar/", "username": "somebody",
            "password": "a password",
        ]
    }

    /// A search that has found a calendar.
    func discovery(of provider: String) async throws -> String {
        let made = try await self.maker.post("/api/v1/calendar-discoveries", Self.discoveryInput(provider)).expect(202)
        try await self.settle()
        return made.id
    }

    /// Does what is to be done in the background.
    func settle() async throws {
        for _ in 0..<3 {
            try await self.platform.deliverEvents()
            while try await self.platform.runtime.scheduler.step() > 0 {}
        }
    }
}
