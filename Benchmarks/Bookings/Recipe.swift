internal import AlmanacStorage
internal import AlmanacTestKit

/// One statement as it was seen: what was sent, and with which values.
struct CapturedStatement<Source: Sendable>: Sendable {
    /// What an engine runs.
    let source: Source
    /// The text by which two statements are told to be the same.
    let text: String
    let values: [SQLValue]
}

/// Everything that one booking had the database do.
struct CapturedBooking<Source: Sendable>: Sendable {
    let start: Instant
    let statements: [CapturedStatement<Source>]
}

/// How to repeat a booking's statements for another slot, learned from two bookings of one client with one provider.
///
/// A value that was the same in both stays; an id that was new each time becomes a new one; an instant that moved with
/// the slot goes on moving with it; a short text that differed is a number and becomes another one. What else differed
/// (the time of booking, documents that name ids) may stay as it was.
struct Recipe<Source: Sendable>: Sendable {
    /// What becomes of one value.
    enum Part: Sendable, Equatable {
        case constant(SQLValue)
        /// The new id with this number.
        case fresh(Int)
        /// So many microseconds after the start of the slot.
        case slot(Int64)
        /// A text that no other booking has.
        case serial

        /// Whether two recipes do the same here.
        func matches(_ other: Part) -> Bool {
            if case .constant = self, case .constant = other { return true }
            return self == other
        }
    }

    /// One statement and what becomes of its values.
    struct Statement: Sendable {
        let source: Source
        let text: String
        let parts: [Part]
    }

    let statements: [Statement]
    /// How many new ids a booking needs.
    let freshCount: Int

    /// Learns from two bookings.
    ///
    /// - Throws: ``TestKitError`` when they ran different statements: then there is no one transaction to compare with.
    init(_ first: CapturedBooking<Source>, _ second: CapturedBooking<Source>) throws {
        let texts = (first.statements.map(\.text), second.statements.map(\.text))
        guard texts.0 == texts.1, !texts.0.isEmpty else {
            throw TestKitError("two bookings ran different statements:\n\(texts.0)\n\(texts.1)")
        }
        var learner = Learner(slot: first.start, moved: second.start.microseconds(since: first.start))
        self.statements = zip(first.statements, second.statements).map { before, after in
            let parts = zip(before.values, after.values).map { learner.part($0, $1) }
            return Statement(source: before.source, text: before.text, parts: parts)
        }
        self.freshCount = learner.freshIDs.count
    }

    private struct Learner {
        let slot: Instant
        let moved: Int64
        var freshIDs: [SQLValue: Int] = [:]

        init(slot: Instant, moved: Int64) {
            self.slot = slot
            self.moved = moved
        }

        mutating func part(_ first: SQLValue, _ second: SQLValue) -> Part {
            guard first != second else { return .constant(first) }
            switch (first, second) {
            case (.uuid, .uuid):
                let known = self.freshIDs[first] ?? self.freshIDs.count
                self.freshIDs[first] = known
                return .fresh(known)
            case (.integer(let before), .integer(let after)) where after - before == self.moved:
                return .slot(before - self.slot.microseconds)
            case (.text(let text), .text) where text.utf8.count <= 32 && !text.hasPrefix("{") && !text.hasPrefix("\\"):
                return .serial
            default:
                return .constant(first)
            }
        }
    }
}

extension Recipe {
    /// The values of a statement for the booking with a serial number that no other has.
    func values(of statement: Statement, serial: Int, slot: Int64) -> [SQLValue] {
        statement.parts.map { part in
            switch part {
            case .constant(let value): value
            // Ids grow with time, as the real ones do: UUIDv7.
            case .fresh(let number):
                .uuid(0xFFFE_0000_0000_7000 + UInt64(serial), 0x8000_0000_0000_0000 + UInt64(number))
            case .slot(let offset): .integer(slot + offset)
            case .serial: .text("serial-\(serial)")
            }
        }
    }
}
