import AlmanacKernel
import AlmanacPages
import AlmanacStorage
import AlmanacTestKit
import Bookings
import Testing

@testable import AlmanacConsole
@testable import AlmanacSurface

/// How many rows a form may have, and how those in which nothing stands are taken out.
///
/// A name says how many rows stand before its own: what is counted here is rows, as many are looked at and shown.
struct FormRowsTests {
    private static let place = "/console/event-types/-/new"

    private func rows(_ page: Browser.Page) -> Int { page.text.split(separator: "<div class=\"row\"").count - 1 }

    @Test(arguments: TestEngine.allCases)
    func aFormOfFarTooManyRowsIsRefused(_ engine: TestEngine) async throws {
        try await withDrivingSchool(engine) { school in
            let browser = try await school.platform.browser(as: .admin)
            let form = await browser.get(Self.place)
            let before = try await school.admin.get("/api/v1/event-types").expect(200)
            // Few names that mean many rows, and many names.
            let sparse = (0..<5).map { ("requirements.\($0).allOf.999.name", "") }
            let dense = (0..<20).flatMap { outer in
                (0..<200).map { ("requirements.\(outer).allOf.\($0).name", "") }
            }
            let longer = (0..<2).map { ("requirements.\($0).allOf.999.name", "") }
            let bodies = [
                sparse, dense, sparse + [("rows-add", "limits")], dense + [("rows-remove", "requirements.0")],
                longer + [("rows-add", "requirements.999.allOf")],
            ]
            for body in bodies {
                let answer = await browser.submit(form, to: Self.place, body)
                #expect(answer.status == 413)
                #expect(answer.text.contains("This form has more rows than can be sent at once."))
                #expect(self.rows(answer) == 0 && answer.text.utf8.count < 10_000)
            }
            let after = try await school.admin.get("/api/v1/event-types").expect(200)
            #expect(after["items"]?.array?.count == before["items"]?.array?.count)
        }
    }

    /// What is bounded is what is shown.
    @Test func asManyRowsAreShownAsAreCounted() async throws {
        try await withDrivingSchool(.sqlite) { school in
            let browser = try await school.platform.browser(as: .admin)
            let form = await browser.get(Self.place)
            let sent = [
                ("requirements.1.allOf.9.name", "x"), ("requirements.0.anyOf.4.name", ""), ("limits.1.period", ""),
            ]
            let counted = FormState(sent.map { (name: $0.0, value: $0.1) }).rowsInAll
            #expect(counted == 2 + 10 + 5 + 2)
            let longer = await browser.submit(form, to: Self.place, sent + [("rows-add", "limits")])
            #expect(longer.status == 200 && self.rows(longer) == counted + 1)
            let shorter = await browser.submit(form, to: Self.place, sent + [("rows-remove", "requirements.0")])
            #expect(shorter.status == 200 && self.rows(shorter) == 1 + 10 + 2)
        }
    }

    @Test func numbersThatNoRowHasAreNoRows() {
        let names = ["a.1000", "a.-1", "a.+7", "a.08", "a.9223372036854775808", "a.b.3x", "7", "a.."]
        #expect(FormState(names.map { (name: $0, value: "") }).rowsInAll == 0)
        #expect(FormState([("a.999.b", "")]).rows(of: "a") == FormState.mostRows)
        // However deep a name goes, what it says of rows is bounded.
        let deep = String(repeating: "1.", count: 10_000)
        #expect(FormState([(deep, "")]).rowsInAll == 2 * 11)
    }

    /// Numbers count as they were sent until all that is empty is known.
    @Test func emptyRowsAreTakenOutAtEveryDepth() throws {
        func field(_ name: String, _ kind: ConsoleField.Kind) -> ConsoleField {
            ConsoleField(name: name, kind: kind, isRequired: false, isNullable: false, about: nil, defaultValue: nil)
        }
        let name = field("name", .email)
        let list = field("list", .list(of: .object([name, field("inner", .list(of: .object([name])))])))
        let state = FormState([
            ("list.0.inner.0.name", ""), ("list.1.name", ""), ("list.1.inner.0.name", ""), ("list.1.inner.1.name", "a"),
            ("list.1.inner.2.name", ""), ("list.1.inner.3.name", "b"), ("list.2.name", ""), ("list.3.name", "z"),
            ("other.3.name", "kept"),
        ])
        let left = FormReader(state: state, zone: try Zone("Europe/Berlin")).withoutEmptyRows([list])
        let texts = left.values.mapValues { $0.first ?? "" }
        #expect(
            texts == [
                "list.0.name": "", "list.0.inner.0.name": "a", "list.0.inner.1.name": "b", "list.1.name": "z",
                "other.3.name": "kept",
            ])
        #expect(left.rows(of: "list") == 2 && left.rows(of: "list.0.inner") == 2 && left.rows(of: "list.1.inner") == 0)
        #expect(left.part("list.0").keys.sorted() == ["list.0.inner.0.name", "list.0.inner.1.name"])
    }
}
