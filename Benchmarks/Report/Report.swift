internal import AlmanacTestKit
internal import Foundation

/// What was measured, printed table by table as it comes.
struct Report {
    /// Whether all limits were kept and nothing was refused that should not be.
    private(set) var isGood = true

    mutating func add(_ table: Table) {
        self.say(table.text)
        if !table.isGood { self.isGood = false }
    }

    func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}

/// Figures that belong together, for a terminal.
struct Table {
    let title: String
    var rows: [Row] = []
    /// What a reader must know besides: group sizes, refusals, sizes of answers.
    var notes: [String] = []

    init(_ title: String) {
        self.title = title
    }

    var isGood: Bool { self.rows.allSatisfy { $0.isMet ?? true } }

    /// The table with columns as wide as their content.
    var text: String {
        let header = ["figure", "measured", "p50", "p99", "ceiling", "ratio", "limit", ""]
        let lines = [header] + self.rows.map(\.cells)
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        let body = lines.map { cells in
            let padded = cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return column == 0 || column == cells.count - 1 ? cells[column] + padding : padding + cells[column]
            }
            return "  " + padded.joined(separator: "  ")
        }
        return (["", "== \(self.title)"] + body + self.notes.map { "  - \($0)" }).joined(separator: "\n")
    }
}

/// One figure.
struct Row {
    let figure: String
    let measured: String
    var p50 = "-"
    var p99 = "-"
    var ceiling = "-"
    var ratio = "-"
    var limit = "-"
    /// Whether the limit is kept; `nil` without one.
    var isMet: Bool?

    var cells: [String] {
        let verdict = self.isMet.map { $0 ? "ok" : "MISSED" } ?? ""
        return [self.figure, self.measured, self.p50, self.p99, self.ceiling, self.ratio, self.limit, verdict]
    }

    /// A figure of one moment, without a distribution.
    init(_ figure: String, _ measured: String) {
        self.figure = figure
        self.measured = measured
    }

    /// How fast requests were answered.
    init(_ figure: String, _ load: LoadResult) {
        self.init(figure, "\(Format.count(load.rate))/s")
        self.p50 = Format.duration(load.latencies.percentile(50))
        self.p99 = Format.duration(load.latencies.percentile(99))
    }

    /// The same with a ceiling in the same unit.
    func beside(_ ceiling: Double, of value: Double) -> Row {
        var row = self
        row.ceiling = "\(Format.count(ceiling))/s"
        row.ratio = ceiling > 0 ? Format.fixed(value / ceiling, 2) : "-"
        return row
    }

    /// The same with a limit.
    func limited(_ text: String, isMet: Bool) -> Row {
        var row = self
        row.limit = text
        row.isMet = isMet
        return row
    }
}

/// How numbers are written.
enum Format {
    /// A duration in microseconds, in the unit that suits it.
    static func duration(_ microseconds: Double) -> String {
        switch microseconds {
        case ..<1_000: "\(Self.fixed(microseconds, 1)) µs"
        case ..<1_000_000: "\(Self.fixed(microseconds / 1_000, 2)) ms"
        default: "\(Self.fixed(microseconds / 1_000_000, 2)) s"
        }
    }

    /// A number without decimals, thousands apart.
    static func count(_ number: Double) -> String {
        var digits = Array(String(Int(number.rounded())))
        var at = digits.count - 3
        while at > 0 {
            digits.insert(",", at: at)
            at -= 3
        }
        return String(digits)
    }

    /// A number with so many decimals.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        String(format: "%.\(decimals)f", number)
    }

    /// Bytes in mebibytes.
    static func mebibytes(_ bytes: Int) -> String { "\(Self.fixed(Double(bytes) / 1_048_576, 1)) MB" }
}
