import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// People of an organization: made, imported and found.
struct PeopleTests {
    private struct Roll: Plugin {
        static let declaration = Declaration(id: "roll", version: "1.0.0", summary: "Keeps the roll")

        init(settings: NoSettings, kernel: Kernel<Self>) throws {}

        var contributions: Contributions { Contributions() }

        static let create = Command<PersonDraft, ID<Person>>("roll.create", .signedIn) { draft, _, tx in
            try People().create(draft, in: tx)
        }

        static func `import`(_ externalID: String, from source: String = "school") -> Command<PersonDraft, Imported> {
            Command("roll.import", .signedIn) { draft, _, tx in
                let (id, outcome) = try People().import(draft, source: source, externalID: externalID, in: tx)
                return Imported(id: id, outcome: outcome)
            }
        }

        static let find = Query<[ID<Person>], [Person]>("roll.find", .signedIn) { ids, _, tx in
            let found = try People().find(ids, in: tx)
            return ids.compactMap { found[$0] }
        }
    }

    private struct Imported: Sendable {
        let id: ID<Person>
        let outcome: People.ImportOutcome
    }

    private static func draft(
        _ given: String = "Ana", _ family: String = "Núñez", email: String? = nil
    ) throws -> PersonDraft {
        var draft = PersonDraft(givenName: given, familyName: family)
        draft.email = try email.map { try EmailAddress($0) }
        return draft
    }

    private func find(
        _ platform: TestPlatform, _ ids: [ID<Person>], in place: TestPlace = .north
    ) async throws -> [Person] {
        try await platform.run(Roll.find, of: "roll", ids, in: place)
    }

    @Test(arguments: TestEngine.allCases)
    func aPersonIsFoundAsTheyWereMade(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Roll.self]) { platform in
            var draft = try Self.draft(email: "Ana@Example.org")
            draft.phone = "+34 600 000 000"
            draft.locale = "es"
            draft.zone = try Zone("Europe/Madrid")
            let id = try await platform.run(Roll.create, of: "roll", draft)
            let person = try #require(try await self.find(platform, [id]).first)

            #expect(person.displayName == "Ana Núñez")
            #expect(person.email == "Ana@Example.org")
            #expect(person.phone == "+34 600 000 000")
            #expect(person.locale == "es")
            #expect(person.zone?.name == "Europe/Madrid")
            #expect(person.user == nil)
            #expect(person.version == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func unknownPeopleAndThoseOfOthersAreLeftOut(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Roll.self]) { platform in
            let own = try await platform.run(Roll.create, of: "roll", try Self.draft())
            let theirs = try await platform.run(Roll.create, of: "roll", try Self.draft(), in: .south)
            let found = try await self.find(platform, [theirs, own, ID(high: 9, low: 9)])
            let none = try await self.find(platform, [])

            #expect(found.map(\.id) == [own])
            #expect(none.isEmpty)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func importingTwiceUpdatesAndImportingTheSameChangesNothing(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Roll.self]) { platform in
            func run(_ draft: PersonDraft) async throws -> Imported {
                try await platform.run(Roll.import("42"), of: "roll", draft)
            }
            let created = try await run(Self.draft(email: "ana@example.org"))
            let unchanged = try await run(Self.draft(email: "ana@example.org"))
            let updated = try await run(Self.draft("Anna", email: "anna@example.org"))
            let cleared = try await run(Self.draft("Anna"))
            let people = try await self.find(platform, [created.id])

            #expect(created.outcome == .created)
            #expect(unchanged.outcome == .unchanged)
            #expect(updated.outcome == .updated)
            #expect(cleared.outcome == .updated)
            #expect(Set([created.id, unchanged.id, updated.id, cleared.id]).count == 1)
            #expect(people.map(\.displayName) == ["Anna Núñez"])
            #expect(people.first?.email == nil)
            #expect(people.first?.externalID == "42")
            #expect(people.first?.version == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anotherSpellingOfTheSameLettersIsAChange(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Roll.self]) { platform in
            _ = try await platform.run(
                Roll.import("1"), of: "roll", PersonDraft(givenName: "Ren\u{E9}", familyName: ""))
            let again = try await platform.run(
                Roll.import("1"), of: "roll", PersonDraft(givenName: "Rene\u{301}", familyName: ""))

            #expect(again.outcome == .updated)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anExternalIDBelongsToItsSourceAndOrganization(_ engine: TestEngine) async throws {
        try await withPlatform(engine, plugins: [Roll.self]) { platform in
            let draft = try Self.draft()
            let first = try await platform.run(Roll.import("1"), of: "roll", draft)
            let otherSource = try await platform.run(Roll.import("1", from: "crm"), of: "roll", draft)
            let otherPlace = try await platform.run(Roll.import("1"), of: "roll", draft, in: .south)

            #expect([first.outcome, otherSource.outcome, otherPlace.outcome] == [.created, .created, .created])
            #expect(Set([first.id, otherSource.id, otherPlace.id]).count == 3)
        }
    }
}
