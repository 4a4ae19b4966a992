import AlmanacTestKit

/// `Tests/ASVS.md`: requirements of the standard, each with the tests that prove it.
struct ASVSTable {
    /// A requirement in one line of the table.
    struct Row {
        let number: String
        let isOpen: Bool
        let proof: String
    }

    private var lines: [String]

    init(_ text: String) {
        self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    var text: String { self.lines.joined(separator: "\n") }

    var rows: [Row] { self.lines.compactMap { Self.row($0) } }

    private static func row(_ line: String) -> Row? {
        let cells = line.split(separator: "|").map { $0.drop { $0 == " " } }
        guard cells.count == 4, cells[0].first?.isNumber == true else { return nil }
        let proof = String(cells[3]).trimmed
        return Row(number: String(cells[0]).trimmed, isOpen: proof.hasPrefix("not yet"), proof: proof)
    }

    /// The tests' names by number, as the table shows them.
    static func proofs(of tests: [NumberedTest]) -> [String: String] {
        let pairs = tests.flatMap { test in test.numbers.map { ($0, test.name) } }
        return Dictionary(grouping: pairs, by: \.0).mapValues { names in
            Set(names.map(\.1)).sorted().joined(separator: "; ")
        }
    }

    /// Where the table and the tests disagree.
    func differences(from tests: [NumberedTest]) -> [String] {
        let proofs = Self.proofs(of: tests)
        let known = Set(self.rows.map(\.number))
        let missing = proofs.keys.filter { !known.contains($0) }.sorted().map {
            "\($0) is proved by “\(proofs[$0] ?? "")”, but has no row: add it under its chapter"
        }
        let doubled = Dictionary(grouping: self.rows, by: \.number).filter { $0.value.count > 1 }.keys.sorted().map {
            "\($0) has several rows"
        }
        return missing + doubled
            + self.rows.compactMap { row in
                switch (proofs[row.number], row.isOpen) {
                case (let proof?, _) where proof != row.proof:
                    "\(row.number) is proved by “\(proof)”, not “\(row.proof)”"
                case (nil, false): "\(row.number) names “\(row.proof)”, but no test carries that number"
                default: nil
                }
            }
    }

    /// Writes down what proves each requirement.
    mutating func record(_ tests: [NumberedTest]) {
        let proofs = Self.proofs(of: tests)
        for (index, line) in self.lines.enumerated() {
            guard let row = Self.row(line), let proof = proofs[row.number] ?? (row.isOpen ? nil : "not yet") else {
                continue
            }
            let cells = line.split(separator: "|").prefix(3).joined(separator: "|")
            self.lines[index] = "|\(cells)| \(proof) |"
        }
    }
}

/// A test whose name begins with numbers of the standard.
struct NumberedTest: Equatable {
    let numbers: [String]
    /// What stands behind them.
    let name: String

    /// Finds the numbered tests in the text of a source file.
    static func all(in source: String) -> [NumberedTest] {
        source.split(separator: "\"v5.0.0-").dropFirst().compactMap { part in
            guard let end = part.firstIndex(of: "\"") else { return nil }
            let words = part[..<end].split(separator: " ")
            let numbers = words.prefix { Self.number($0) != nil }.compactMap { Self.number($0) }
            let name = words.dropFirst(numbers.count).joined(separator: " ")
            return numbers.isEmpty || name.isEmpty ? nil : NumberedTest(numbers: numbers, name: name)
        }
    }

    /// `6.2.1` of `v5.0.0-6.2.1`, of `6.2.1` and of `6.2.1,`.
    private static func number(_ word: Substring) -> String? {
        var word = word
        if word.hasPrefix("v5.0.0-") { word = word.dropFirst(7) }
        if word.hasSuffix(",") { word = word.dropLast() }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber =
            parts.count == 3 && parts.allSatisfy { !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } }
        return isNumber ? String(word) : nil
    }
}

extension String {
    fileprivate var trimmed: String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
