import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The organizations of a deployment.
struct OrganizationsTests {
    private func establish(_ platform: TestPlatform, _ slug: String, name: String = "West") async throws -> Organization
    {
        try await platform.runtime.organizations.establish(
            slug: slug, name: name, zone: try Zone("Europe/Lisbon"), locale: "pt", currency: "EUR")
    }

    @Test(arguments: TestEngine.allCases)
    func establishingTwiceKeepsTheFirst(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let first = try await self.establish(platform, "west")
            let again = try await self.establish(platform, "west", name: "Renamed")
            let all = try await platform.runtime.organizations.all()

            #expect(first == again)
            #expect(all.map(\.slug) == ["north", "south", "west"])
            #expect(first.zone.name == "Europe/Lisbon")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func manyThatEstablishAtOnceMakeOne(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let made = try await withThrowingTaskGroup(of: OrganizationID.self) { group in
                for _ in 0..<8 { group.addTask { try await self.establish(platform, "west").id } }
                return try await group.reduce(into: Set<OrganizationID>()) { $0.insert($1) }
            }
            #expect(made.count == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func theyAreFoundBySlugOrWhenThereIsButOne(_ engine: TestEngine) async throws {
        try await withPlatform(engine) { platform in
            let organizations = platform.runtime.organizations
            let north = try platform.organization(.north)
            let bySlug = try await organizations.find(slug: "north")
            let byID = try await organizations.find(north.id)
            let unknown = try await organizations.find(slug: "NORTH")
            let ambiguous = try await organizations.find(slug: nil)

            #expect(bySlug == north)
            #expect(byID == north)
            #expect(unknown == nil)
            #expect(ambiguous == nil)
        }
    }
}
