internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

struct RequestInputTests {
    private enum Order: String, CaseIterable, APIValue { case first, last }

    private struct Search: APIInput {
        let id: Int
        let on: Bool?
        let factor: Double?
        let order: Order?
        let date: LocalDate?
        let days: [Weekday]?
        let names: [String]?
        let text: String?
        let seats: Patch<Int>
        let limit: Int

        static let constraints: [String: Constraint] = ["limit": .integer(1...100, default: 20)]
    }

    private func errors(_ input: RequestInput) -> [String] {
        do throws(InvalidInput) {
            _ = try input.decode(Search.self)
            return []
        } catch {
            return error.errors.map { "\($0.pointer) \($0.code)" }
        }
    }

    @Test func readsTextAsWhatIsWanted() throws {
        let search = try RequestInput(
            path: [("id", "7")],
            query: [
                ("on", "true"), ("factor", "1.5"), ("order", "last"), ("date", "2026-03-01"), ("days", "1"),
                ("days", "7"),
                ("names", "one"), ("text", "42"), ("seats", "3"),
            ]
        ).decode(Search.self)

        #expect(search.id == 7)
        #expect(search.on == true)
        #expect(search.factor == 1.5)
        #expect(search.order == .last)
        #expect(search.date == LocalDate("2026-03-01"))
        #expect(search.days == [.monday, .sunday])
        #expect(search.names == ["one"])
        #expect(search.text == "42")
        #expect(search.seats == .value(3))
        #expect(search.limit == 20)
    }

    @Test(arguments: [
        ("on", "yes", "/on type"), ("on", "", "/on type"), ("on", "TRUE", "/on type"),
        ("factor", "NaN", "/factor type"),
        ("limit", "0", "/limit range"), ("limit", "1.0", "/limit type"), ("limit", "+5", "/limit type"),
        ("limit", "٣", "/limit type"), ("limit", " 5", "/limit type"), ("order", "middle", "/order choice"),
        ("days", "8", "/days/0 range"), ("text", "a\u{0}b", "/text nul_character"),
        ("names", "\u{0}", "/names/0 nul_character"),
        ("unknown", "1", "/unknown unknown_field"), ("date", "tomorrow", "/date invalid"),
    ])
    func refusesTextThatIsNot(_ name: String, _ value: String, _ error: String) {
        #expect(self.errors(RequestInput(path: [("id", "7")], query: [(name, value)])) == [error])
    }

    @Test func refusesAScalarGivenTwice() {
        let input = RequestInput(
            path: [("id", "7")], query: [("limit", "1"), ("text", "a"), ("limit", "2"), ("text", "b")])

        #expect(self.errors(input) == ["/text repeated", "/limit repeated"])
        #expect(self.errors(RequestInput(path: [("id", "7")], query: [("id", "8")])) == ["/id repeated"])
    }

    @Test func keepsTheBodyStrict() throws {
        let sound = RequestInput(path: [("id", "7")], body: ["limit": 5])
        #expect(try sound.decode(Search.self).limit == 5)

        #expect(self.errors(RequestInput(path: [("id", "7")], body: ["limit": "5"])) == ["/limit type"])
        #expect(self.errors(RequestInput(path: [("id", "7")], body: ["days": 1])) == ["/days type"])
    }

    @Test func aFieldHasOnePlace() {
        let input = RequestInput(path: [("id", "7")], body: ["id": 8, "limit": 0])

        #expect(self.errors(input) == ["/id conflict", "/limit range"])
    }

    @Test func theBodyIsAnObject() {
        #expect(self.errors(RequestInput(path: [("id", "7")], body: [1])) == [" type"])
        #expect(self.errors(RequestInput()) == ["/id required"])
    }

    @Test func groupsManyNames() {
        let query = (0..<20_000).map { (name: "n\($0)", value: "x") }

        #expect(RequestInput(query: query + query).json.object?.count == 20_000)
    }
}
