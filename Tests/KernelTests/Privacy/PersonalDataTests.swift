import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What is declared about people agrees with the tables there are.
struct PersonalDataTests {
    private static let room = Namespace("cards")
    private static let card = Table(Self.room, "card")
    private static let stamp = Table(Self.room, "stamp")
    private static let history = MigrationHistory(
        Self.room,
        [
            Migration(1, "cards") {
                CreateTable(Self.card) {
                    Column("id", .uuid)
                    Column("holder_id", .uuid)
                    Column("name", .text)
                    Column("points", .integer)
                    PrimaryKey("id")
                }
                CreateTable(Self.stamp) {
                    Column("id", .uuid)
                    Column("card_id", .uuid)
                    PrimaryKey("id")
                }
                AddColumn(Column("note", .text, optional: true), to: Self.stamp)
            }
        ])

    @Test func whatIsThereIsFine() {
        let fine = [
            PersonalData(Self.card, person: "holder_id", columns: ["name"], context: ["points"]),
            PersonalData(Self.stamp, by: "card_id", of: Self.card, person: "holder_id", columns: ["note"]),
        ]
        #expect(fine.flatMap { $0.problems(in: Self.history) } == [])
    }

    @Test func whatIsNotThereIsNamed() {
        let wrong = [
            PersonalData(Table(Self.room, "lost"), person: "holder_id", columns: []),
            PersonalData(Self.card, person: "holder", columns: ["nickname"]),
            PersonalData(Self.stamp, by: "card", of: Self.card, "number", person: "owner", columns: []),
            PersonalData(Self.card, person: "holder_id", columns: ["points"]),
        ]
        let problems = wrong.map { $0.problems(in: Self.history) }

        #expect(problems.map(\.count) == [1, 2, 3, 1])
        #expect(problems[0].first?.contains("lost") == true)
        #expect(problems[1].contains { $0.contains("card.nickname") })
        #expect(problems[3].first?.contains("cannot be emptied") == true)
    }

    @Test func theKernelDeclaresEveryTableThatNamesAPersonOrUser() {
        // Entries of the audit log stay; the sagas' and events' rows name nobody by column.
        let history = KernelSchema.history
        let declared = Set(KernelPersonalData.tables.map(\.table))
        let naming = history.layouts.filter { layout in
            layout.table.ownership == .organization
                && layout.columns.contains { ["person_id", "user_id"].contains($0.name) || $0.name == "email" }
        }

        #expect(naming.map(\.table.name).isEmpty == false)
        #expect(naming.filter { !declared.contains($0.table) }.map(\.table.name) == [])
        #expect(KernelPersonalData.tables.flatMap { $0.problems(in: history) } == [])
        #expect(KernelPersonalData.tables.last?.table == Person.table)
    }
}
