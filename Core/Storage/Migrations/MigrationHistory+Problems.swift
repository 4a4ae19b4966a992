extension MigrationHistory {
    /// What is wrong with the declarations, found without a database.
    package var problems: [String] {
        var found: [String] = []
        for (index, migration) in self.migrations.enumerated() where migration.number != index + 1 {
            found.append("its migration \(migration.number) stands where number \(index + 1) is expected")
        }
        for migration in self.migrations {
            found += (self.kindProblems(migration) + self.backfillProblems(migration) + self.dropProblems(migration))
                .map { "its migration \(migration.number) (\(migration.name)): \($0)" }
        }
        return found
    }

    /// What stands before a migration.
    private func before(_ migration: Migration) -> MigrationHistory {
        MigrationHistory(self.namespace, self.migrations.filter { $0.number < migration.number })
    }

    // MARK: Kinds

    private func kindProblems(_ migration: Migration) -> [String] {
        switch migration.kind {
        case .expand:
            return migration.steps.compactMap { step in
                switch step {
                case is DropColumn, is DropTable, is SetNotNull:
                    "the program before it may still use what it takes away: make it a contract"
                default: self.reuse(of: step, in: migration)
                }
            } + (migration.prerequisites.isEmpty ? [] : ["only contracts wait for backfills"])
        case .concurrentIndex:
            let others = migration.steps.count { !($0 is CreateIndex) && !($0 is DropIndex) }
            return
                (others == 0
                ? []
                : [
                    """
                    it is done outside a transaction and may only create and drop indexes: move what else it does into a \
                    migration of its own
                    """
                ]) + (migration.prerequisites.isEmpty ? [] : ["only contracts wait for backfills"])
        case .backfill: return []
        case .contract:
            let early = migration.steps.contains { $0 is CreateTable || $0 is AddColumn || $0 is CreateIndex }
            return early ? ["what it adds would come too late for its program: add it in a migration of its own"] : []
        }
    }

    /// A name may come again only when it is sure to be gone.
    private func reuse(of step: any MigrationStep, in migration: Migration) -> String? {
        let dropped = self.before(migration).migrations.filter { $0.kind == .contract }.flatMap(\.steps)
        switch step {
        case let addition as AddColumn:
            let isTaken = dropped.contains { step in
                guard let drop = step as? DropColumn else { return false }
                return drop.table == addition.table && drop.column.name == addition.column.name
            }
            return isTaken
                ? "it adds \(addition.column.name) again, which a contract drops that may come later: name it otherwise"
                : nil
        case let create as CreateTable:
            return dropped.contains { ($0 as? DropTable)?.table == create.table }
                ? "it makes \(create.table.name) again, which a contract drops that may come later: name it otherwise"
                : nil
        default: return nil
        }
    }

    // MARK: Backfills

    private func backfillProblems(_ migration: Migration) -> [String] {
        let before = self.before(migration)
        let known = before.migrations.compactMap(\.backfill?.name)
        var found = migration.prerequisites.filter { !known.contains($0) }.map {
            "it waits for the backfill \($0), which no migration before it declares"
        }
        guard let backfill = migration.backfill else { return found }
        found += backfill.problems
        if known.contains(backfill.name) { found.append("there are two backfills called \(backfill.name)") }
        if backfill.table.namespace != self.namespace {
            found.append("its table \(backfill.table.postgresName) is in another plugin's room")
        } else if before.layout(of: backfill.table) == nil {
            found.append("no migration before it makes its table \(backfill.table.name)")
        } else if BackfillPlan.key(of: backfill, migration, self) == nil {
            found.append(
                "its table \(backfill.table.name) has no primary key of identifiers, texts and integers to follow")
        }
        return found
    }

    // MARK: What is dropped

    private func dropProblems(_ migration: Migration) -> [String] {
        migration.steps.enumerated().compactMap { place, step in
            guard let drop = step as? DropColumn else { return nil }
            let earlier = self.before(migration).migrations.flatMap(\.steps) + migration.steps[..<place]
            guard let user = Self.user(of: drop, among: earlier) else { return nil }
            return "it drops \(drop.column.name), which \(user) uses"
        }
    }

    /// What of the steps uses a column, so that SQLite would refuse to drop it and PostgreSQL would drop that too.
    private static func user(of drop: DropColumn, among steps: [any MigrationStep]) -> String? {
        var indexes: [CreateIndex] = []
        for step in steps {
            switch step {
            case let create as CreateIndex where create.table == drop.table: indexes.append(create)
            case let other as DropIndex: indexes.removeAll { $0.localName == other.index.localName }
            case let create as CreateTable where create.table == drop.table:
                if let element = create.elements.first(where: { $0.uses(drop.column.name) }) {
                    return "a constraint of its table (\(element.fingerprint))"
                }
            default: continue
            }
        }
        let name = drop.column.name
        guard let index = indexes.first(where: { $0.columnNames.contains(name) || $0.condition.names(name) }) else {
            return nil
        }
        return "the index \(index.localName)"
    }
}

extension TableElement {
    /// Whether a constraint relies on a column.
    fileprivate func uses(_ column: String) -> Bool {
        switch self {
        case let key as PrimaryKey: key.columns.contains(column)
        case let unique as Unique: unique.columns.contains(column)
        case let reference as ForeignKey: reference.column == column
        case let check as Check: Optional(check.condition).names(column)
        case let exclusion as Exclusion:
            exclusion.columns.contains(column) || exclusion.start == column || exclusion.end == column
                || Optional(exclusion.condition).names(column)
        default: false
        }
    }
}

extension String? {
    /// Whether a condition names a column.
    fileprivate func names(_ column: String) -> Bool {
        (self ?? "").split { !($0.isLetter || $0.isNumber || $0 == "_") }.contains { $0 == column }
    }
}
