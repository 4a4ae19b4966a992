internal import GRDB

/// The function by which SQLite looks into documents as PostgreSQL does.
enum JSONContainment {
    /// Adds the function to a connection.
    static func add(to database: GRDB.Database) {
        database.add(
            function: DatabaseFunction(SQL.containment, argumentCount: 2, pure: true) { values in
                guard let left = Self.document(values[0]), let right = Self.document(values[1]) else { return nil }
                return left.contains(right)
            })
    }

    private static func document(_ value: DatabaseValue) -> JSON? {
        guard let text = String.fromDatabaseValue(value) else { return nil }
        return try? JSON(parsing: text, limits: JSONLimits(depth: JSONLimits.deepest, numberLength: 1_000))
    }
}
