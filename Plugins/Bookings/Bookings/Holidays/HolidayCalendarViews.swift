internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// Where holidays hold: a country or a part of one, as ISO 3166 writes them (`DE`, `DE-BY`).
struct RegionCode: Sendable, Hashable {
    let text: String

    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
        guard let country = parts.first, country.count == 2, country.allSatisfy(isLetter), parts.count <= 2 else {
            return nil
        }
        if parts.count == 2 {
            let isPart = parts[1].allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
            guard (1...3).contains(parts[1].count), isPart else { return nil }
        }
        self.text = text
    }

    static let expectation = "a region of ISO 3166 such as DE or DE-BY"
}

extension RegionCode: APIValue {
    static var schema: Schema { .string(pattern: "^[A-Z]{2}(-[A-Z0-9]{1,3})?$") }
    static var example: RegionCode { RegionCode(known: "DE-BY") }

    private init(known text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        guard let region = RegionCode(try decoder.singleValueContainer().decode(String.self)) else {
            throw ValueRefusal(code: "region", detail: "expected \(Self.expectation)")
        }
        self = region
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(self.text)
    }
}

extension RegionCode: ColumnValue {
    var sqlValue: SQLValue { .text(self.text) }
    init(column row: inout RowReader) throws { self.text = try row.nextText() }
}

/// One holiday on the wire.
struct HolidayValue: APIInput, Codable, Equatable {
    let date: LocalDate
    let name: LocalizedText
    let hours: DateOverrideValue.Hours?

    static let constraints: [String: Constraint] = [
        "name": .text(EventTypeLimits.name, "A text, or one for each language."),
        "hours": .field("Outside them it is closed; all of the date, when left out."),
    ]

    init(date: LocalDate, name: LocalizedText, hours: DateOverride.Hours?) {
        self.date = date
        self.name = name
        self.hours = hours.map { DateOverrideValue.Hours(start: $0.start, end: $0.end) }
    }
}

/// A holiday calendar as the API shows it.
struct HolidayCalendarView: Codable, Sendable, Versioned {
    let id: ID<HolidayCalendar>
    let name: LocalizedText
    let region: RegionCode?
    let holidays: [HolidayValue]
    let version: Int
}

/// A holiday calendar in a list, without its dates.
struct HolidayCalendarLine: Codable, Sendable {
    let id: ID<HolidayCalendar>
    let name: LocalizedText
    let region: RegionCode?
    /// How many dates it has.
    let holidays: Int
    let version: Int
}

/// What a holiday calendar may hold.
enum HolidayCalendarLimits {
    static let constraints: [String: Constraint] = [
        "name": .text(EventTypeLimits.name, "A text, or one for each language."),
        "region": .field("The country or the part of one where the holidays hold."),
        "holidays": .items(0...1_000, "Each date once."),
    ]
}

/// The input of `POST /holiday-calendars`.
struct CreateHolidayCalendar: APIInput {
    let name: LocalizedText
    let region: RegionCode?
    let holidays: [HolidayValue]

    static let constraints = HolidayCalendarLimits.constraints
}

/// The input of `PUT /holiday-calendars/{id}`: all of it is replaced.
struct ReplaceHolidayCalendar: APIInput {
    let id: ID<HolidayCalendar>
    let name: LocalizedText
    let region: RegionCode?
    let holidays: [HolidayValue]

    static let constraints = HolidayCalendarLimits.constraints
}

/// The input of `GET` and `DELETE /holiday-calendars/{id}`.
struct HolidayCalendarByID: APIInput {
    let id: ID<HolidayCalendar>
}
