internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

/// A row of `holiday_calendars.csv`.
struct ImportedHolidayCalendar: Sendable {
    let externalID: String
    let name: LocalizedText
    let region: RegionCode?

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("name", translations: true), .optional("region"),
    ]

    static func read(_ row: inout CSVRow, locale: String) -> ImportedHolidayCalendar? {
        let externalID = row.externalID("external_id")
        let name = row.localizedLine("name", locale: locale)
        let region = row.optionalValue("region", expected: RegionCode.expectation) { RegionCode($0) }
        guard let name else { return nil }
        return ImportedHolidayCalendar(externalID: externalID, name: name, region: region)
    }
}

/// A row of `holidays.csv`: one date of a calendar, closed or with the hours that are left.
struct ImportedHoliday: Sendable {
    let calendar: String
    let value: HolidayValue

    static let columns: [CSVColumn] = [
        .required("calendar"), .required("date"), .required("name", translations: true), .optional("start"),
        .optional("end"),
    ]

    static func read(_ row: inout CSVRow, locale: String) -> ImportedHoliday? {
        let calendar = row.externalID("calendar")
        let date = row.date("date")
        let name = row.localizedLine("name", locale: locale)
        let (start, end) = (row.optionalTime("start"), row.optionalTime("end"))
        guard let date, let name, row.problems.isEmpty else { return nil }
        var hours: DateOverride.Hours?
        switch (start, end) {
        case (nil, nil): break
        case (let start?, let end?):
            if start >= end { row.refuse("end", "must be after the start") }
            hours = DateOverride.Hours(start, end)
        case (nil, _): row.refuse("start", "must not be empty when there is an end; leave both empty for a closed day")
        case (_, nil): row.refuse("end", "must not be empty when there is a start; leave both empty for a closed day")
        }
        return ImportedHoliday(calendar: calendar, value: HolidayValue(date: date, name: name, hours: hours))
    }
}

extension CSVRow {
    /// A text of one line in the organization's language, with translations in further columns.
    mutating func localizedLine(_ column: String, locale: String) -> LocalizedText? {
        var texts = [locale: self.line(column)]
        for (language, text) in self.translations(column) {
            let place = "\(column):\(language)"
            guard Self.isLine(text) else {
                self.refuse(place, "expected 1 to 200 characters, no control characters")
                continue
            }
            if language.lowercased() == locale.lowercased() {
                self.refuse(place, "\(locale) is the organization's language, whose text is in the column \(column)")
            }
            texts[language] = text
        }
        guard self.problems.isEmpty else { return nil }
        do {
            return try LocalizedText(texts)
        } catch {
            self.refuse(column, error.description)
            return nil
        }
    }
}
