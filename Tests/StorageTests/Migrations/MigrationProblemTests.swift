import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// What `almanac check` finds in declarations, without a database.
struct MigrationProblemTests {
    private static let other = Table(Namespace("shed"), "tool")

    private func problems(_ more: [Migration]) -> [String] {
        MigrationHistory(Garden.room, [Garden.first, Garden.second] + more).problems
    }

    private func backfill(
        _ number: Int = 3, _ name: StaticString = "fold", of table: Table = Garden.beds, batch: Int = 10
    ) -> Migration {
        Migration(number, "fill", backfill: Backfill(name, of: table, set: "a = 1", where: "a = 0", batch: batch))
    }

    @Test func declarationsAsTheyShouldBeAreFine() {
        #expect(MigrationHistory(Garden.room, Garden.all).problems == [])
        #expect(self.problems([Garden.visiting]) == [])
    }

    @Test func backfillsAreOverTablesOfTheirOwn() {
        #expect(
            self.problems([self.backfill(of: Self.other)]) == [
                "its migration 3 (fill): its table shed.tool is in another plugin's room"
            ])
        #expect(
            self.problems([self.backfill(of: Garden.plants)]) == [
                "its migration 3 (fill): no migration before it makes its table plant"
            ])
        #expect(
            self.problems([self.backfill(3, "Fold"), self.backfill(4, "Fold", batch: 0)]) == [
                "its migration 3 (fill): its name must be lower-case letters, digits and hyphens",
                "its migration 4 (fill): its name must be lower-case letters, digits and hyphens",
                "its migration 4 (fill): its batch must be 1 to 10000 rows",
                "its migration 4 (fill): there are two backfills called Fold",
            ])
        let unmarked = Backfill(
            "odd", over: Garden.beds, sqlite: Backfill.Statement("DELETE FROM garden_bed", where: "a = 0"),
            postgres: Backfill.Statement("DELETE FROM garden.bed WHERE {batch}", where: "a = 0"))
        #expect(
            self.problems([Migration(3, "odd", backfill: unmarked)]) == [
                """
                its migration 3 (odd): each of its statements must say {batch} once, where the rows of a batch are chosen
                """
            ])
    }

    @Test func contractsWaitForBackfillsThatThereAre() {
        let early = Migration(3, "early", kind: .contract, after: ["fold", "odd"]) {
            SetNotNull(Garden.fold, of: Garden.beds)
        }
        #expect(
            self.problems([early, self.backfill(4)]) == [
                "its migration 3 (early): it waits for the backfill fold, which no migration before it declares",
                "its migration 3 (early): it waits for the backfill odd, which no migration before it declares",
            ])
        let expand = Migration(4, "expand", after: ["fold"]) {
            AddColumn(Column("b", .text, optional: true), to: Garden.beds)
        }
        #expect(
            self.problems([self.backfill(), expand]) == [
                "its migration 4 (expand): only contracts wait for backfills"
            ])
    }

    @Test func eachKindDoesWhatItMay() {
        let mixed = Migration(3, "mixed", kind: .concurrentIndex) {
            CreateIndex(on: Garden.beds, "name")
            AddColumn(Column("b", .text, optional: true), to: Garden.beds)
        }
        #expect(self.problems([mixed]).count == 1)
        #expect(self.problems([mixed]).first?.contains("may only create and drop indexes") == true)
        let taking = Migration(3, "taking") {
            DropTable(Garden.visits)
            DropColumn(Garden.fold, from: Garden.beds)
            SetNotNull(Garden.fold, of: Garden.beds)
        }
        #expect(self.problems([taking]).count == 3)
        #expect(self.problems([taking]).allSatisfy { $0.contains("make it a contract") })
        let late = Migration(3, "late", kind: .contract) {
            AddColumn(Column("b", .text, optional: true), to: Garden.beds)
        }
        #expect(self.problems([late]).first?.contains("would come too late") == true)
    }

    @Test func namesThatMayStillBeThereAreNotGivenAgain() {
        let going = Migration(3, "going", kind: .contract) {
            DropColumn(Garden.fold, from: Garden.beds)
            DropTable(Garden.visits)
        }
        let again = Migration(4, "again") {
            AddColumn(Garden.fold, to: Garden.beds)
            CreateTable(Garden.visits) {
                Column("id", .uuid)
                PrimaryKey("id")
            }
        }
        #expect(
            self.problems([going, again]) == [
                "its migration 4 (again): it adds name_fold again, which a contract drops that may come later: name it "
                    + "otherwise",
                "its migration 4 (again): it makes visit again, which a contract drops that may come later: name it "
                    + "otherwise",
            ])
    }

    @Test func whatIsUsedIsNotDropped() {
        let indexed = Migration(3, "indexed") { CreateIndex(on: Garden.beds, "id", where: "name_fold = 'x'") }
        let going = Migration(4, "going", kind: .contract) { DropColumn(Garden.fold, from: Garden.beds) }
        let clean = Migration(4, "going", kind: .contract) {
            DropIndex(CreateIndex(on: Garden.beds, "id", where: "name_fold = 'x'"))
            DropColumn(Garden.fold, from: Garden.beds)
        }
        let key = Migration(3, "key", kind: .contract) { DropColumn(Column("id", .integer), from: Garden.beds) }
        #expect(
            self.problems([indexed, going]) == [
                "its migration 4 (going): it drops name_fold, which the index bed_id_idx uses"
            ])
        #expect(self.problems([indexed, clean]) == [])
        #expect(self.problems([key]).first?.contains("a constraint of its table (primary key id)") == true)
    }

    @Test func theFingerprintsOfBackfillsAndContractsAreThese() {
        #expect(
            Garden.filling.fingerprint == """
                backfill
                backfill fold garden.bed
                sqlite: UPDATE garden_bed SET name_fold = lower(name) WHERE {batch} where name_fold IS NULL
                postgres: UPDATE garden.bed SET name_fold = lower(name) WHERE {batch} where name_fold IS NULL
                """)
        let contract = Migration(4, "c", kind: .contract, after: ["fold"]) {
            SetNotNull(Garden.fold, of: Garden.beds)
            DropColumn(Column("name", .text), from: Garden.beds)
        }
        #expect(
            contract.fingerprint == """
                contract
                after fold
                not null garden.bed column name_fold text?
                drop from garden.bed column name text
                """)
    }
}
