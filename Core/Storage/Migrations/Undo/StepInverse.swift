/// What takes a step of a migration back.
struct StepInverse {
    /// What is gone with it.
    enum Loss: Equatable {
        /// The rows of a table.
        case rows(Table)
        /// The values of a column.
        case values(Column, Table)

        static func == (left: Loss, right: Loss) -> Bool {
            switch (left, right) {
            case (.rows(let one), .rows(let other)): one == other
            case (.values(let one, let table), .values(let other, let place)):
                one.name == other.name && table == place
            default: false
            }
        }

        /// The rows that lose something.
        func query(postgres: Bool) -> String {
            switch self {
            case .rows(let table): return "SELECT count(*) FROM \(table.name(postgres: postgres))"
            case .values(let column, let table):
                let differs = postgres ? "IS DISTINCT FROM" : "IS NOT"
                return "SELECT count(*) FROM \(table.name(postgres: postgres)) "
                    + "WHERE \(column.name) \(differs) \(column.defaultValue ?? "NULL")"
            }
        }
    }

    let loss: Loss?
    private let perform: (any MaintenanceConnection) throws -> Void

    /// Takes the step back, inside a transaction.
    func run(_ connection: any MaintenanceConnection) throws { try self.perform(connection) }

    /// - Returns: `nil` when the step cannot be taken back.
    init?(of step: any MigrationStep) {
        switch step {
        case let create as CreateTable:
            self.init(DropTable(create.table), .rows(create.table))
        case let addition as AddColumn:
            self.init(
                DropColumn(addition.column, from: addition.table), .values(addition.column, addition.table))
        case let create as CreateIndex: self.init(DropIndex(create), nil)
        case let drop as DropIndex: self.init(drop.index, nil)
        case let stamps as StampChanges:
            self.init(nil) { connection in
                for statement in stamps.undoing(postgres: connection.isPostgres) { try connection.run(statement) }
            }
        case let live as any LiveStep: self.init(nil) { try live.undo($0) }
        case let sql as UnsafeSQL:
            guard let undoing = sql.undoing else { return nil }
            self.init(UnsafeSQL(sqlite: undoing.sqlite, postgres: undoing.postgres), nil)
        default: return nil
        }
    }

    private init(_ step: any MigrationStep, _ loss: Loss?) {
        self.init(loss) { connection in
            for statement in step.statements(postgres: connection.isPostgres) { try connection.run(statement) }
        }
    }

    private init(_ loss: Loss?, _ perform: @escaping (any MaintenanceConnection) throws -> Void) {
        self.loss = loss
        self.perform = perform
    }
}
