internal import AlmanacStorage
internal import AlmanacSurface
internal import Testing

struct PatchTests {
    private struct Change: APIInput {
        let notes: Patch<String>
        let seats: Patch<Int>
        let title: String?

        static let nullMeansAbsent = false
        static let constraints: [String: Constraint] = ["notes": .text(0...5), "title": .text(1...5)]
    }

    private func decode(_ text: String) throws -> Change { try JSONDecoding.decode(from: try JSON(parsing: text)) }

    @Test func tellsAbsentFromNullFromValue() throws {
        let change = try self.decode(#"{"notes":null,"seats":4}"#)
        #expect(change.notes == .null)
        #expect(change.seats == .value(4))
        #expect(change.title == nil)

        let nothing = try self.decode("{}")
        #expect(nothing.notes == .absent)
        #expect(nothing.seats == .absent)
    }

    @Test func appliesItselfToWhatIsStored() {
        #expect(Patch<Int>.absent.applied(to: 1) == 1)
        #expect(Patch<Int>.null.applied(to: 1) == nil)
        #expect(Patch.value(2).applied(to: 1) == 2)
    }

    @Test func checksTheValueAndRefusesNullWhereNothingCanBeCleared() {
        let error = #expect(throws: InvalidInput.self) {
            try self.decode(#"{"notes":"123456","seats":"4","title":null}"#)
        }

        #expect(error?.errors.map(\.pointer) == ["/notes", "/seats", "/title"])
        #expect(error?.errors.map(\.code) == [FieldError.length, FieldError.type, FieldError.null])
    }

    @Test func isLeftOutWhenAbsent() throws {
        let change = Change(notes: .absent, seats: .null, title: nil)

        #expect(try JSONEncoding.json(change).text == #"{"seats":null}"#)
    }
}
