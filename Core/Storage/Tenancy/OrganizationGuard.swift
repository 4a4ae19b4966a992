/// Refuses statements that forget the organization.
///
/// Two checks stand behind each other. When a statement is first prepared, each table of an organization in it must be
/// constrained: `organization_id` in the column list of an `INSERT`, an equation on `organization_id` (or a
/// `USING (organization_id, …)`) for every other mention. Each time it runs, every organization that is bound must be
/// the transaction's own. On PostgreSQL row-level security stands behind both.
///
/// This is a fence against mistakes: it reads words, it does not prove the logic of a condition.
enum OrganizationGuard {
    /// Checks the bound organizations of a statement against the transaction's scope.
    static func checkBindings(_ sql: SQL, in scope: Scope) throws {
        guard case .organization(let own) = scope else { return }
        for other in sql.organizations where other != own {
            throw StorageError(
                .organizationMismatch,
                "a statement names organization \(other), but the transaction works in \(own)")
        }
    }

    /// What is wrong with a statement that runs for one organization.
    ///
    /// - Parameters:
    ///   - marked: The statement before an engine renders it.
    ///   - touchesOrganizations: Whether it names a table of an organization; those of the deployment have no
    ///     organization to constrain.
    /// - Returns: The end of a sentence about the statement; `nil` when nothing is wrong.
    static func violation(in marked: String, touchesOrganizations: Bool = true) -> String? {
        let tokens = SQLTokens(marked)
        if let name = Self.untypedTable(tokens) {
            return "names the table \(name) as text: write it as a Table value"
        }
        guard touchesOrganizations else { return nil }
        var unconstrained: [String] = []
        for (index, token) in tokens.all.enumerated() {
            guard case .table(let name) = token else { continue }
            if tokens.word(index - 1) == "into" {
                if !Self.columnList(after: index, in: tokens).contains("organization_id") {
                    return "inserts into \(name) without organization_id"
                }
            } else if !Self.isConstrained(alias: Self.alias(after: index, in: tokens), in: tokens) {
                unconstrained.append(name)
            }
        }
        let spare = Self.unqualifiedConstraints(in: tokens)
        guard unconstrained.count > spare else { return nil }
        return "does not constrain organization_id of \(unconstrained.joined(separator: ", "))"
    }

    /// A table behind FROM, JOIN, INTO or UPDATE that is neither typed, nor a function, nor a common table expression.
    private static func untypedTable(_ tokens: SQLTokens) -> String? {
        var expressions: Set<String> = []
        for index in tokens.all.indices {
            guard let word = tokens.word(index), tokens.word(index + 1) == "as", tokens.sign(index + 2, "(") else {
                continue
            }
            expressions.insert(word)
        }
        for index in tokens.all.indices {
            guard let keyword = tokens.word(index), ["from", "join", "into", "update"].contains(keyword) else {
                continue
            }
            if let before = tokens.word(index - 1), ["distinct", "do", "for", "key"].contains(before) { continue }
            guard let name = tokens.word(index + 1), !["select", "lateral", "set", "only"].contains(name) else {
                continue
            }
            // What opens a parenthesis is a function, except behind INTO, where it is the list of columns.
            if (tokens.sign(index + 2, "(") && keyword != "into") || expressions.contains(name) { continue }
            return name
        }
        return nil
    }

    private static func columnList(after index: Int, in tokens: SQLTokens) -> [String] {
        // `INSERT INTO table AS alias (…)`, where an `ON CONFLICT … DO UPDATE` speaks of the row that is there.
        let open = tokens.word(index + 1) == "as" ? index + 3 : index + 1
        guard tokens.sign(open, "(") else { return [] }
        var names: [String] = []
        var at = open + 1
        while at < tokens.all.count, !tokens.sign(at, ")") {
            if let word = tokens.word(at) { names.append(word) }
            at += 1
        }
        return names
    }

    private static let clauseWords: Set<String> = [
        "where", "join", "left", "right", "inner", "outer", "cross", "full", "on", "using", "set", "order", "group",
        "limit", "for", "union", "values", "returning", "having", "window", "indexed", "not",
    ]

    private static func alias(after index: Int, in tokens: SQLTokens) -> String? {
        let next = tokens.word(index + 1) == "as" ? index + 2 : index + 1
        guard let word = tokens.word(next), !Self.clauseWords.contains(word) else { return nil }
        return word
    }

    /// Whether `alias.organization_id` stands beside an equals sign.
    private static func isConstrained(alias: String?, in tokens: SQLTokens) -> Bool {
        guard let alias else { return false }
        return tokens.all.indices.contains { index in
            tokens.word(index) == "organization_id" && tokens.sign(index - 1, ".") && tokens.word(index - 2) == alias
                && (tokens.sign(index + 1, "=") || tokens.sign(index - 3, "="))
        }
    }

    /// How many equations on a bare `organization_id` there are; `USING (organization_id…)` speaks for two tables.
    private static func unqualifiedConstraints(in tokens: SQLTokens) -> Int {
        tokens.all.indices.reduce(0) { count, index in
            guard tokens.word(index) == "organization_id", !tokens.sign(index - 1, ".") else { return count }
            if tokens.sign(index + 1, "=") || tokens.sign(index - 1, "=") { return count + 1 }
            if tokens.sign(index - 1, "("), tokens.word(index - 2) == "using" { return count + 1 }
            return count
        }
    }
}
