import Foundation

/// What came of every row, as it stands in the README of the plugin.
struct MatrixTable {
    /// What came of each row, in order.
    let trials: [MatrixTrial]

    private static let begin = "<!-- matrix: begin -->"
    private static let end = "<!-- matrix: end -->"

    static let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../../Plugins/Bookings/README.md").standardizedFileURL

    /// The table, from its head to its last row.
    var text: String {
        let titles = self.trials.first?.business.row.columns.map(\.title) ?? []
        let steps = MatrixTrial.Step.allCases.map(\.rawValue)
        var lines = [["#"] + titles + steps, Array(repeating: "---", count: 1 + titles.count + steps.count)]
        for (index, trial) in self.trials.enumerated() {
            let cells = MatrixTrial.Step.allCases.map { trial.isGreen($0) ? "✓" : "✗" }
            lines.append(["\(index + 1)"] + trial.business.row.columns.map(\.value) + cells)
        }
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// The table that the README has.
    static func written() throws -> String {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        guard let begin = text.range(of: Self.begin), let end = text.range(of: Self.end) else { return "" }
        return text[begin.upperBound..<end.lowerBound].trimmingCharacters(in: .newlines)
    }

    /// Puts the table into the README.
    func write() throws {
        let text = try String(contentsOf: Self.readme, encoding: .utf8)
        guard let begin = text.range(of: Self.begin), let end = text.range(of: Self.end) else { return }
        let whole = text[..<begin.upperBound] + "\n" + self.text + "\n" + text[end.lowerBound...]
        try Data(whole.utf8).write(to: Self.readme)
    }
}
