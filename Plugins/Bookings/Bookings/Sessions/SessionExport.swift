internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

/// The input of `GET /sessions/export`.
struct ExportSessions: APIInput {
    let from: LocalDate?
    let to: LocalDate?

    static let constraints: [String: Constraint] = [
        "from": .field("Only what ends on this date or later, in the organization's zone."),
        "to": .field("Only what begins on this date or earlier, in the organization's zone."),
    ]
}

/// Writes sessions and who waits as files, for spreadsheets and for other systems.
struct SessionExport: Sendable {
    let catalogs: CatalogStore

    /// The most rows of one file.
    private static let most = 5_000

    private struct Origin: Record {
        static let columns: Columns = ["id", "external_id"]
        let id: ID<GroupSession>
        let externalID: String?

        init(row: inout RowReader) throws {
            self.id = try row.next()
            self.externalID = try row.nextIfPresent()
        }
    }

    /// The sessions in the columns of `sessions.csv`, by start: what was exported can be imported.
    ///
    /// - Throws: ``Refusal`` when the caller may not see all sessions, or there are too many for one file.
    func sessions(_ input: ExportSessions, _ call: Call, in tx: ReadTransaction) throws -> Document {
        guard case .organization = try tx.filter(.readSession) else { throw Refusal.forbidden(.readSession) }
        let catalog = try self.catalogs.current(in: tx)
        let zone = catalog.organization.zone
        var conditions: [SQL] = ["s.archived_at IS NULL"]
        if let from = input.from { conditions.append("s.end_at > \(zone.startOfDay(from))") }
        if let to = input.to { conditions.append("s.start_at < \(zone.startOfDay(to.adding(days: 1)))") }
        let rows = try StoredSessions.all(
            where: SQL.joined(conditions, by: " AND "), order: "s.start_at, s.id", limit: Self.most + 1, in: tx)
        guard rows.count <= Self.most else { throw Refusal.tooManyRows(Self.most) }
        let origins =
            rows.isEmpty
            ? []
            : try tx.fetchAll(
                """
                SELECT \(Origin.columns) FROM \(SessionSchema.session)
                WHERE organization_id = \(call.organization) AND id IN \(list: rows.map(\.id))
                """, as: Origin.self)
        let externalIDs = Dictionary(origins.map { ($0.id, $0.externalID) }) { first, _ in first }
        let locale = catalog.organization.locale
        let known: Set<String> = [locale, LocalizedText.defaultLanguage]
        let languages = Set(rows.flatMap(\.title.texts.keys)).subtracting(known).sorted()
        var table = CSVText(
            [
                "external_id", "event_type", "kind", "title", "description", "parts", "hosts", "resources", "capacity",
                "price_amount", "price_currency", "time_zone", "bookable_from", "minimum_notice_minutes", "status",
            ] + languages.map { "title:\($0)" })
        for row in rows {
            let parts = row.parts.map { "\($0.start.rfc3339)/\($0.end.rfc3339)" }
            let values: [String] = [
                (externalIDs[row.id] ?? nil) ?? row.id.description,
                catalog.eventType(row.eventType)?.slug ?? row.eventType.description, row.kind.rawValue,
                row.title.resolved(for: [], fallback: locale),
                row.description?.resolved(for: [], fallback: locale) ?? "", parts.joined(separator: " "),
                row.hosts.compactMap { $0.provider?.description }.joined(separator: " "),
                row.resources.filter { $0.role == .requirement }.map(\.resource.description).joined(separator: " "),
                "\(row.capacity)", "\(row.price.amount)", row.price.currency, row.zone.name,
                row.bookableFrom?.rfc3339 ?? "", row.noticeMinutes.map { "\($0)" } ?? "", row.status.rawValue,
            ]
            table.append(values + languages.map { row.title.texts[$0] ?? "" })
        }
        return Document(table.text, fileName: "sessions.csv")
    }

    /// Who waits for what, as they rank; customers by their ids.
    ///
    /// - Throws: ``Refusal`` when the caller may not see everybody who waits, or there are too many for one file.
    func waitlist(_ call: Call, in tx: ReadTransaction) throws -> Document {
        guard case .organization = try tx.filter(.readWaitlist) else { throw Refusal.forbidden(.readWaitlist) }
        let catalog = try self.catalogs.current(in: tx)
        let rows = try StoredWaitlist.all(
            where: "w.status IN ('waiting', 'offered')", order: StoredWaitlist.rank, limit: Self.most + 1, in: tx)
        guard rows.count <= Self.most else { throw Refusal.tooManyRows(Self.most) }
        var table = CSVText([
            "id", "event_type", "session", "customer", "seats", "weekdays", "start_time", "end_time", "from", "to",
            "time_zone", "providers", "priority", "status", "waiting_since",
        ])
        for row in rows {
            let wish = row.wish
            table.append([
                row.id.description, catalog.eventType(row.eventType)?.slug ?? row.eventType.description,
                row.session?.description ?? "", row.customer.description, "\(row.seats)",
                wish.weekdays.sorted().map { "\($0.rawValue)" }.joined(separator: " "), wish.start?.description ?? "",
                wish.end?.description ?? "", wish.from?.description ?? "", wish.to?.description ?? "", wish.zone.name,
                row.providers.sorted().map(\.description).joined(separator: " "), "\(row.priority)",
                row.status.rawValue, row.createdAt.rfc3339,
            ])
        }
        return Document(table.text, fileName: "waitlist.csv")
    }
}

extension Refusal {
    /// A file would be longer than one may be.
    static func tooManyRows(_ most: Int) -> Refusal {
        Refusal(.conflict, "too_many_rows", "one file has at most \(most) rows: ask for fewer dates")
    }
}
