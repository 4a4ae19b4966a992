extension SQL {
    /// What both engines call the test whether one document holds another: PostgreSQL by itself, where it stands behind
    /// the operator `@>`, SQLite because its connections are given one.
    static let containment = "jsonb_contains"

    /// The condition that a column of JSON holds a document: for objects that each member of it is there, for arrays
    /// that each item is.
    ///
    /// No index serves it: of a table with row-level security PostgreSQL looks into documents only once it knows that
    /// the row may be seen. Constrain what is looked through by other columns.
    ///
    /// - Parameters:
    ///   - column: The column, `b.answers`.
    ///   - document: What it must hold.
    /// - Returns: A condition; unknown where the column is NULL.
    public static func contains(_ column: SQL, _ document: JSON) -> SQL {
        "\(SQL(unsafeSQL: Self.containment))(\(column), \(document))"
    }
}
