internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The holiday calendars that earlier imports have left, by external id.
struct KnownHolidayCalendars {
    struct Known {
        let id: ID<HolidayCalendar>
        let name: LocalizedText
        let region: RegionCode?
        let isArchived: Bool
    }

    private struct Row: Record {
        static let columns: Columns = ["external_id", "id", "name", "region", "archived_at"]

        let externalID: String
        let known: Known

        init(row: inout RowReader) throws {
            self.externalID = try row.next()
            let id: ID<HolidayCalendar> = try row.next()
            let name: LocalizedText = try row.next()
            let region: RegionCode? = try row.nextIfPresent()
            self.known = Known(id: id, name: name, region: region, isArchived: !row.nextIsNull())
        }
    }

    private(set) var calendars: [String: Known] = [:]
    /// The ids of all of them and of those that this import has made.
    var ids: [String: ID<HolidayCalendar>] = [:]

    init(_ call: Call, in tx: Transaction) throws {
        let rows = try tx.fetchAll(
            """
            SELECT \(Row.columns) FROM \(BookingsSchema.holidayCalendar)
            WHERE organization_id = \(call.organization) AND source = \(ImportSource.holidayCalendars)
                AND external_id IS NOT NULL
            """, as: Row.self)
        for row in rows {
            self.calendars[row.externalID] = row.known
            self.ids[row.externalID] = row.known.id
        }
    }
}

extension CatalogImport {
    private var holidays: HolidayCalendars { HolidayCalendars(catalogs: self.catalogs) }

    /// Rows that name a holiday calendar which is neither in `holiday_calendars.csv` nor known.
    static func danglingCalendars(_ files: ImportedFiles, _ known: KnownHolidayCalendars) -> CSVProblems {
        let names = Set(files.holidayCalendars.map(\.value.externalID)).union(known.ids.keys)
        var problems = CSVProblems()
        func check(_ row: CSVRow, _ column: String, _ name: String) {
            guard !names.contains(name) else { return }
            problems.append(row.problem(column, "there is no holiday calendar with the external_id \(name)"))
        }
        for imported in files.holidays { check(imported.row, "calendar", imported.value.calendar) }
        for imported in files.providers {
            for name in imported.value.holidayCalendars { check(imported.row, "holiday_calendars", name) }
        }
        return problems
    }

    /// Stores calendars and their dates; the dates of a calendar that the file names are replaced as a whole.
    func storeHolidays(
        _ files: ImportedFiles, _ known: inout KnownHolidayCalendars, _ call: Call, in tx: Transaction
    ) throws -> [ImportReport.Count] {
        var counts: [ImportReport.Count] = []
        if !files.holidayCalendars.isEmpty {
            counts.append(try self.storeCalendars(files, &known, call, in: tx))
        }
        if !files.holidays.isEmpty { counts.append(try self.storeDates(files, known, call, in: tx)) }
        return counts
    }

    private func storeCalendars(
        _ files: ImportedFiles, _ known: inout KnownHolidayCalendars, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("holiday_calendars")
        for row in files.holidayCalendars.map(\.value) {
            guard let present = known.calendars[row.externalID] else {
                let id: ID<HolidayCalendar> = tx.id()
                try self.holidays.insert(
                    id, name: row.name, region: row.region, externalID: row.externalID, call, in: tx)
                known.ids[row.externalID] = id
                count.created += 1
                continue
            }
            if present.name == row.name, present.region == row.region, !present.isArchived {
                count.unchanged += 1
            } else {
                try self.holidays.update(present.id, name: row.name, region: row.region, call, in: tx)
                count.updated += 1
            }
        }
        return count
    }

    private func storeDates(
        _ files: ImportedFiles, _ known: KnownHolidayCalendars, _ call: Call, in tx: Transaction
    ) throws -> ImportReport.Count {
        var count = ImportReport.Count("holidays")
        let groups = Dictionary(grouping: files.holidays.map(\.value)) { $0.calendar }
        for (name, rows) in groups.sorted(by: { $0.key < $1.key }) {
            guard let id = known.ids[name] else { continue }
            let dates = rows.map(\.value).sorted { $0.date < $1.date }
            let before = try HolidayCalendars.dates(of: id, call.organization, in: tx.reading)
            if before == dates {
                count.unchanged += rows.count
            } else {
                try self.holidays.store(dates, of: id, call, in: tx)
                if known.calendars[name] != nil { try self.holidays.countChange(of: id, call, in: tx) }
                if before.isEmpty { count.created += rows.count } else { count.updated += rows.count }
            }
        }
        return count
    }

    /// Has providers follow the calendars that their rows name; a row that names none leaves them as they are.
    ///
    /// - Returns: Whether anything has changed.
    func storeSubscriptions(
        _ files: ImportedFiles, _ known: KnownCatalog, _ calendars: KnownHolidayCalendars, _ call: Call,
        in tx: Transaction
    ) throws -> Bool {
        var hasChanged = false
        for row in files.providers.map(\.value) where !row.holidayCalendars.isEmpty {
            guard let provider = known.provider(row.externalID)?.id else { continue }
            let wanted = row.holidayCalendars.compactMap { calendars.ids[$0] }
            let before = try self.availability.holidayCalendars(of: provider, call.organization, in: tx.reading)
            guard Set(wanted) != Set(before) else { continue }
            try self.availability.store(wanted, of: provider, call, in: tx)
            hasChanged = true
        }
        return hasChanged
    }
}
