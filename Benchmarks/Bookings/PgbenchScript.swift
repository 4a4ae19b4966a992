internal import AlmanacStorage
internal import AlmanacTestKit

/// The statements of a booking as a script for pgbench, and the table of what differs from client to client.
///
/// Each value stays a parameter, so that the server sees the statements that the program prepares. pgbench has no text
/// that changes, so new ids are computed from a number inside the statement.
struct PgbenchScript {
    /// The script; it expects the variables `n`, the client's bookings so far, and `slot0`, its first slot.
    let text: String
    /// Makes and fills the table that the script reads at the beginning of a session.
    let preparation: String

    private static let table = "public.almanac_bench_constants"

    /// Writes the script.
    ///
    /// - Parameter recipes: One for each client, with a provider of its own; all do the same.
    /// - Throws: ``TestKitError`` when they do not.
    init(_ recipes: [Recipe<String>]) throws {
        guard let first = recipes.first else { throw TestKitError("there is no booking to repeat") }
        for recipe in recipes.dropFirst() where !Self.isSame(first, recipe) {
            throw TestKitError("bookings with different providers ran different statements")
        }
        let constants = try recipes.map(Self.constants)
        let columns = constants[0].indices.map { "c\($0)" }
        let offsets = Self.offsets(of: first)
        var lines = [
            #"\if :n = 0"#,
            "SELECT \(columns.joined(separator: ", ")) FROM \(Self.table) WHERE client = :client_id \\gset",
            #"\endif"#, #"\set slot :slot0 + :n % 3600 * 86400000000 + :n / 3600 * 900000000"#,
            #"\set serial :n * 1024 + :client_id + :series * 1000000000000"#,
        ]
        for (index, offset) in offsets.enumerated() { lines.append("\\set slot_\(index) :slot + (\(offset))") }
        for index in 0..<first.freshCount { lines.append("\\set id_\(index) :serial * 16 + \(index)") }
        var column = 0
        for statement in first.statements {
            let expressions = statement.parts.map { Self.expression($0, offsets, &column) }
            lines.append(Self.filling(statement.text, with: expressions) + ";")
        }
        lines.append(#"\set n :n + 1"#)
        self.text = lines.joined(separator: "\n") + "\n"
        self.preparation = Self.preparation(columns, constants)
    }

    private static func isSame(_ one: Recipe<String>, _ other: Recipe<String>) -> Bool {
        one.statements.count == other.statements.count
            && zip(one.statements, other.statements).allSatisfy { left, right in
                left.text == right.text && left.parts.count == right.parts.count
                    && zip(left.parts, right.parts).allSatisfy { $0.matches($1) && Self.isNull($0) == Self.isNull($1) }
            }
    }

    /// NULL cannot be the value of a pgbench variable: it is written out.
    private static func isNull(_ part: Recipe<String>.Part) -> Bool { part == .constant(.null) }

    private static func constants(of recipe: Recipe<String>) throws -> [String] {
        try recipe.statements.flatMap(\.parts).compactMap { part in
            switch part {
            case .constant(.null), .fresh, .slot, .serial: return nil
            case .constant(.text(let text)): return text
            case .constant(.integer(let number)): return "\(number)"
            case .constant(.uuid(let high, let low)): return "\(ID<Never>(high: high, low: low))"
            case .constant(let value): throw TestKitError("the log of a server cannot hold \(value)")
            }
        }
    }

    private static func offsets(of recipe: Recipe<String>) -> [Int64] {
        let all = recipe.statements.flatMap(\.parts).compactMap { part -> Int64? in
            if case .slot(let offset) = part { offset } else { nil }
        }
        return Set(all).sorted()
    }

    private static func expression(_ part: Recipe<String>.Part, _ offsets: [Int64], _ column: inout Int) -> String {
        switch part {
        case .constant(.null): return "NULL"
        case .constant:
            defer { column += 1 }
            return ":c\(column)"
        case .fresh(let number): return "('fffe0000' || lpad(to_hex(:id_\(number)::bigint), 24, '0'))::uuid"
        case .slot(let offset): return ":slot_\(offsets.firstIndex(of: offset) ?? 0)"
        case .serial: return "('serial-' || :serial::bigint)"
        }
    }

    /// Puts expressions in place of `$1`, `$2` and so on.
    private static func filling(_ text: String, with expressions: [String]) -> String {
        var filled = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            filled += rest[..<dollar]
            rest = rest[rest.index(after: dollar)...]
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            if let number = Int(digits), expressions.indices.contains(number - 1) {
                filled += expressions[number - 1]
            } else {
                filled += "$" + digits
            }
        }
        return filled + rest
    }

    private static func preparation(_ columns: [String], _ constants: [[String]]) -> String {
        let rows = constants.enumerated().map { client, values in
            let quoted = values.map {
                "'" + $0.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
            }
            return "(" + (["\(client)"] + quoted).joined(separator: ", ") + ")"
        }
        let declared = columns.map { "\($0) text" }.joined(separator: ", ")
        return """
            DROP TABLE IF EXISTS \(Self.table);
            CREATE TABLE \(Self.table) (client integer PRIMARY KEY, \(declared));
            INSERT INTO \(Self.table) VALUES \(rows.joined(separator: ",\n"));
            """
    }
}
