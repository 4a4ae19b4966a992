import AlmanacStorage
import AlmanacTestKit

/// What every operation must answer to everybody: the committed table `matrix.txt`.
///
/// ```
/// GET /api/v1/bookings/{id}            own       assigned  peer      elsewhere missing
///     customer                         200       -         404       404       404
/// ```
struct ExpectedMatrix: Sendable {
    /// The outcomes of one operation, by caller and relation.
    struct Section: Sendable {
        let columns: [Relation]
        var rows: [String: [Relation: String]]
    }

    private(set) var sections: [String: Section] = [:]

    /// Reads a table.
    ///
    /// - Throws: ``TestKitError`` with the number of the line that cannot be read.
    init(_ text: String) throws {
        var route = ""
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            if line.hasPrefix(" ") {
                guard let columns = self.sections[route]?.columns, columns.count == words.count - 1 else {
                    throw TestKitError("matrix.txt:\(index + 1): a row has as many outcomes as its operation columns")
                }
                let isNew = self.sections[route]?.rows.updateValue(
                    Dictionary(zip(columns, words.dropFirst()), uniquingKeysWith: { $1 }), forKey: first)
                if isNew != nil { throw TestKitError("matrix.txt:\(index + 1): \(first) stands there twice") }
            } else {
                let columns = words.dropFirst(2).compactMap { Relation(rawValue: $0) }
                guard words.count > 2, columns.count == words.count - 2 else {
                    throw TestKitError("matrix.txt:\(index + 1): an operation is a method, a path and its columns")
                }
                route = words[0] + " " + words[1]
                self.sections[route] = Section(columns: columns, rows: [:])
            }
        }
    }

    /// Where what was found differs from what is expected, one message each.
    func differences(from found: AuthorizationMatrix) -> [String] {
        let routes = Self.ordered(found.rows.map(\.route))
        let unknown = routes.filter { self.sections[$0] == nil }.map {
            """
            \($0) has no rows in Tests/SecurityTests/Authorization/matrix.txt. Write down who may do it on what, or let \
                ALMANAC_RECORD=matrix scripts/test --filter AuthorizationMatrixTests
            write what it does now, and then look at each new line as somebody would who means harm
            """
        }
        let gone = self.sections.keys.sorted().filter { !routes.contains($0) }.map {
            "\($0) has rows in matrix.txt, but there is no such operation: take them out"
        }
        let different = found.rows.flatMap { row -> [String] in
            guard let section = self.sections[row.route] else { return [] }
            guard let expected = section.rows[row.caller] else { return ["\(row.route): no row for \(row.caller)"] }
            return Relation.allCases.compactMap { relation -> String? in
                let wanted = expected[relation] ?? "-"
                let cell = row.cells[relation]
                guard wanted != cell?.outcome ?? "-" else { return nil }
                return """
                    \(row.route) by \(row.caller) on \(relation): expected \(wanted), found \(cell?.outcome ?? "-") \
                    in \(cell?.story ?? "no answer")
                    """
            }
        }
        let superfluous = self.sections.sorted { $0.key < $1.key }.flatMap { route, section in
            section.rows.keys.sorted().filter { name in
                routes.contains(route) && !found.rows.contains { $0.route == route && $0.caller == name }
            }.map { "\(route): a row for \($0), who does not call" }
        }
        return unknown + gone + different + superfluous
    }

    /// The table of what was found.
    static func text(_ found: AuthorizationMatrix) -> String {
        let routes = Self.ordered(found.rows.map(\.route))
        return self.head
            + routes.map { route in
                let rows = found.rows.filter { $0.route == route }
                let columns = Relation.allCases.filter { relation in rows.contains { $0.cells[relation] != nil } }
                let head = Self.line(route, columns.map(\.rawValue))
                let lines = rows.map { row in
                    Self.line("    " + row.caller, columns.map { row.cells[$0]?.outcome ?? "-" })
                }
                return ([head] + lines).joined(separator: "\n") + "\n"
            }.joined(separator: "\n")
    }

    private static func line(_ first: String, _ others: [String]) -> String {
        let cells = others.map { $0 + String(repeating: " ", count: max(0, 10 - $0.count)) }
        let start = first + String(repeating: " ", count: max(1, 48 - first.count))
        var line = start + cells.joined()
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private static func ordered(_ routes: [String]) -> [String] {
        routes.reduce(into: []) { list, route in if !list.contains(route) { list.append(route) } }
    }

    private static let head = """
        # Who may do what on what: what each operation answers to each caller, by how the object stands to the caller.
        #
        #   own        belongs to the caller           assigned   somebody else's, in the caller's calendar
        #   peer       of the same organization        elsewhere  of the other organization
        #   missing    has never been                  any        the operation is about no object
        #
        # An outcome is the status of the answer, and for lists whether the object is on it; "-" means that there is no
        # such object. Answers for elsewhere and missing, and for peer where it is 404, are byte for byte the same.
        # expired, revoked, disabled and departed are administrators who were; stranger is an administrator of the other
        # organization. key is an API key of the administrator for everything, narrow-key one for bookings:read only (those
        # for each other permission: SingleScopeKeyTests). impersonated is an administrator who works as the customer.
        # Inputs are valid, so that a refusal is about access.


        """
}
