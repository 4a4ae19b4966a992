/// The SQL an engine speaks; the one place where marks become text.
enum SQLDialect: Sendable {
    case sqlite
    case postgres

    /// The statement as this engine wants it.
    func render(_ marked: String) -> String {
        var out = String.UnicodeScalarView()
        var bindings = 0
        var table: String.UnicodeScalarView?
        for scalar in marked.unicodeScalars {
            switch scalar {
            case SQL.tableMark:
                if let name = table {
                    out.append(contentsOf: self.tableName(String(name)).unicodeScalars)
                    table = nil
                } else {
                    table = String.UnicodeScalarView()
                }
            case SQL.bindingMark:
                bindings += 1
                out.append(contentsOf: (self == .sqlite ? "?" : "$\(bindings)").unicodeScalars)
            case SQL.lockMark:
                out.append(contentsOf: (self == .sqlite ? "" : " FOR UPDATE").unicodeScalars)
            case SQL.shareMark:
                out.append(contentsOf: (self == .sqlite ? "" : " FOR SHARE").unicodeScalars)
            case SQL.tryLockMark:
                let words = self == .sqlite ? "0 = 0 OR 0 = " : "pg_try_advisory_xact_lock"
                out.append(contentsOf: words.unicodeScalars)
            case SQL.horizonMark, SQL.frontierMark, SQL.ownMark:
                let text = SQL.commitOrder(scalar, postgres: self == .postgres) ?? ""
                out.append(contentsOf: text.unicodeScalars)
            default:
                if table != nil { table?.append(scalar) } else { out.append(scalar) }
            }
        }
        return String(out)
    }

    private func tableName(_ qualified: String) -> String {
        self == .postgres ? qualified : qualified.split(separator: ".").joined(separator: "_")
    }
}
