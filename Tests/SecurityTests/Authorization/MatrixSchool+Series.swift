import AlmanacStorage
import AlmanacTestKit

/// Several bookings at once.
extension MatrixSchool {
    /// Two starts that no booking has, one a quarter of an hour after the other, as a clock in UTC shows them.
    func freeWallTimes() -> [String] { [self.freeStart(), self.freeStart()].map { String($0.dropLast()) } }

    func seriesInput(with provider: String? = nil) -> JSON {
        [
            "eventType": .string(self.lesson), "provider": .string(provider ?? self.second),
            "starts": .array(self.freeWallTimes().map { .string($0) }),
        ]
    }

    /// Two bookings that a member made at once.
    func series(of member: TestMember, with provider: String) async throws -> String {
        let client = try await self.api.signedIn(member.email)
        let made = try await client.post("/api/v1/booking-series", self.seriesInput(with: provider)).expect(201)
        return made["series"]?.id ?? ""
    }
}
