internal import Foundation
internal import GRDBSQLite

extension StorageError {
    /// Translates what SQLite answered.
    init(sqlite extended: Int32, message: String, namespace: Namespace, statement: String) {
        let code: Code =
            switch extended {
            case 2067, 1555, 2579: .uniqueViolation  // UNIQUE, PRIMARYKEY, ROWID
            case 787, 1811: .foreignKeyViolation  // FOREIGNKEY; TRIGGER is how ON DELETE RESTRICT is carried out
            case 275: .checkViolation
            case 1299: .notNullViolation
            default: Self.code(primary: extended & 0xFF)
            }
        self.init(
            code, code == .statement ? "\(message): \(statement)" : message,
            constraint: Self.constraint(extended, message, namespace))
    }

    private static func code(primary: Int32) -> Code {
        switch primary {
        case SQLITE_READONLY: .readOnly
        case SQLITE_FULL, SQLITE_IOERR: .full
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_INTERRUPT: .timeout
        case SQLITE_CANTOPEN, SQLITE_NOTADB, SQLITE_CORRUPT, SQLITE_PERM: .unavailable
        default: .statement
        }
    }

    /// The name that the constraint has on PostgreSQL: SQLite tells columns, or the name of a check.
    private static func constraint(_ extended: Int32, _ message: String, _ namespace: Namespace) -> String? {
        guard let colon = message.range(of: "constraint failed: ") else { return nil }
        let what = String(message[colon.upperBound...])
        let room = namespace.name + "_"
        func local(_ name: String) -> String { name.hasPrefix(room) ? String(name.dropFirst(room.count)) : name }
        guard extended == 2067 || extended == 1555 else { return local(what) }
        let parts = what.split(separator: ",").map { $0.drop { $0 == " " }.split(separator: ".") }
        guard let table = parts.first?.first.map({ local(String($0)) }) else { return nil }
        if extended == 1555 { return "\(table)_pkey" }
        let columns = parts.compactMap { $0.last.map(String.init) }.filter { $0 != "organization_id" }
        return "\(table)_\(columns.joined(separator: "_"))_key"
    }
}
