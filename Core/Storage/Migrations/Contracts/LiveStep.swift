/// A step that has to look at the database, and to prepare outside the transaction of its migration.
protocol LiveStep: MigrationStep {
    /// Does what must not be done in one transaction with the rest; it may be done again, wherever it was interrupted.
    func prepare(_ connection: any MaintenanceConnection) throws
    /// Does the rest, inside the transaction of the migration.
    func perform(_ connection: any MaintenanceConnection) throws
    /// Takes it back, inside the transaction in which the migration is undone.
    func undo(_ connection: any MaintenanceConnection) throws
}
