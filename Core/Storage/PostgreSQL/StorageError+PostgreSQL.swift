extension StorageError {
    /// Translates what the server refused.
    ///
    /// The server's `DETAIL` holds values and stays out; so does the message of a data exception.
    init(postgres result: borrowing PostgresResult, statement: String) {
        let state = result.field(.state) ?? ""
        let said = result.field(.message) ?? "the server refuses the statement"
        let isRowSecurity = result.field(.function) == "ExecWithCheckOptions" && state == "42501"
        let code = isRowSecurity ? .organizationMismatch : Self.code(postgres: state)
        var message = said
        switch code {
        case .timeout where state == "55P03": message = "a lock was not free in time (\(said)): \(statement)"
        case .timeout: message = "a statement was stopped (\(said)): \(statement)"
        case .organizationMismatch: message = "row-level security refused a row of another organization (\(said))"
        case .invalidText: message = "a text holds what the database cannot store (\(state)): \(statement)"
        case .statement where state.utf8.starts(with: "22".utf8):
            let name = Self.dataExceptions[state].map { ", \($0)" } ?? ""
            message = "a value does not fit (\(state)\(name)): \(statement)"
        case .statement: message = "\(said) (\(state)): \(statement)"
        default: break
        }
        self.init(code, message, constraint: Self.constraint(result, state))
    }

    private static func code(postgres state: String) -> Code {
        switch state {
        case "23505": .uniqueViolation
        case "23503", "23001": .foreignKeyViolation
        case "23514": .checkViolation
        case "23P01": .exclusionViolation
        case "23502": .notNullViolation
        case "40001", "40P01": .serialization
        case "57014", "55P03": .timeout
        case "25006": .readOnly
        case "53100", "58030": .full
        case "22021", "22P05": .invalidText
        case "25P03": .unavailable
        default:
            switch state.prefix(3) {
            case "57P": .unavailable
            case _ where state.prefix(2) == "08" || state.prefix(2) == "53": .unavailable
            default: .statement
            }
        }
    }

    /// Names for those of class 22 that are met in practice (PostgreSQL documentation, appendix A).
    private static let dataExceptions = [
        "22001": "text too long", "22003": "number out of range", "22007": "no date or time",
        "22008": "date out of range",
        "22012": "division by zero", "22P02": "not of the column's type", "22P03": "not of the column's binary form",
    ]

    private static func constraint(_ result: borrowing PostgresResult, _ state: String) -> String? {
        if let name = result.field(.constraint) { return name }
        guard state == "23502", let table = result.field(.table), let column = result.field(.column) else { return nil }
        return "\(table).\(column)"
    }
}
