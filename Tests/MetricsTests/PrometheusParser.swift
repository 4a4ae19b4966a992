import AlmanacTestKit

/// Reads the text form of Prometheus, version 0.0.4, and refuses everything that does not stand in its description.
struct PrometheusParser {
    /// The values by series as written: `name{label="value"}`.
    private(set) var values: [String: Double] = [:]
    /// The kinds by name.
    private(set) var kinds: [String: String] = [:]
    private var helped: Set<String> = []
    private var closed: Set<String> = []
    private var current: String?

    /// - Throws: ``TestKitError`` with the line that is wrong.
    init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw TestKitError("the last line has no end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            do { try self.read(line) } catch { throw TestKitError("\(error): \(line)") }
        }
        try self.checkHistograms()
    }

    private mutating func read(_ line: Substring) throws {
        if line.hasPrefix("# HELP ") || line.hasPrefix("# TYPE ") {
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
            guard parts.count == 4, Self.isName(parts[2], colon: true) else { throw TestKitError("no head") }
            try self.enter(String(parts[2]))
            if line.hasPrefix("# HELP") {
                guard self.helped.insert(String(parts[2])).inserted else { throw TestKitError("second HELP") }
                return
            }
            guard ["counter", "gauge", "histogram", "summary", "untyped"].contains(String(parts[3])) else {
                throw TestKitError("no kind")
            }
            guard self.kinds.updateValue(String(parts[3]), forKey: String(parts[2])) == nil else {
                throw TestKitError("second TYPE")
            }
            return
        }
        guard let space = line.lastIndex(of: " ") else { throw TestKitError("no value") }
        let series = line[..<space]
        let text = line[line.index(after: space)...]
        guard let value = Double(text == "+Inf" ? "inf" : text == "-Inf" ? "-inf" : text == "NaN" ? "nan" : text)
        else { throw TestKitError("no number") }
        let name = series.prefix { $0 != "{" }
        guard Self.isName(name, colon: true) else { throw TestKitError("no name") }
        if name.endIndex != series.endIndex { try Self.readLabels(series[name.endIndex...]) }
        guard let family = self.family(of: name) else { throw TestKitError("a value without TYPE before it") }
        try self.enter(family)
        guard self.values.updateValue(value, forKey: String(series)) == nil else { throw TestKitError("series twice") }
    }

    /// All lines of one name stand together.
    private mutating func enter(_ name: String) throws {
        guard self.current != name else { return }
        if let current = self.current { self.closed.insert(current) }
        guard !self.closed.contains(name) else { throw TestKitError("the lines of \(name) do not stand together") }
        self.current = name
    }

    private func family(of name: Substring) -> String? {
        if let kind = self.kinds[String(name)], kind != "histogram" { return String(name) }
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let base = String(name.dropLast(suffix.count))
            if self.kinds[base] == "histogram" { return base }
        }
        return nil
    }

    private static func readLabels(_ text: Substring) throws {
        var rest = text.dropFirst()
        var names: Set<Substring> = []
        while rest.first != "}" {
            let name = rest.prefix { $0 != "=" }
            guard Self.isName(name, colon: false), names.insert(name).inserted else { throw TestKitError("bad label") }
            rest = rest[name.endIndex...].dropFirst()
            guard rest.first == "\"" else { throw TestKitError("a label's value has no quote") }
            rest = rest.dropFirst()
            while let next = rest.first, next != "\"" {
                if next == "\\" {
                    rest = rest.dropFirst()
                    guard let escaped = rest.first, "\\\"n".contains(escaped) else { throw TestKitError("bad escape") }
                }
                rest = rest.dropFirst()
            }
            guard rest.first == "\"" else { throw TestKitError("a label's value does not end") }
            rest = rest.dropFirst()
            if rest.first == "," {
                rest = rest.dropFirst()
            } else if rest.first != "}" {
                throw TestKitError("no comma")
            }
        }
        guard rest == "}" else { throw TestKitError("something follows the labels") }
    }

    private static func isName(_ name: Substring, colon: Bool) -> Bool {
        guard let first = name.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
        return name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "_": true
            case ":": colon
            default: false
            }
        }
    }

    /// Buckets grow, the last one holds all, and there is a sum.
    private func checkHistograms() throws {
        for (name, kind) in self.kinds where kind == "histogram" {
            let counts = self.values.filter { $0.key == "\(name)_count" || $0.key.hasPrefix("\(name)_count{") }
            guard !counts.isEmpty else { throw TestKitError("\(name) has no count") }
            for (series, count) in counts {
                let labels = series.dropFirst("\(name)_count".count)
                let open = labels.isEmpty ? "{" : labels.dropLast() + ","
                let buckets = self.values.filter { $0.key.hasPrefix("\(name)_bucket\(open)le=") }
                    .sorted { $0.value < $1.value }.map(\.value)
                guard buckets.last == count, self.values["\(name)_bucket\(open)le=\"+Inf\"}"] == count,
                    self.values["\(name)_sum\(labels)"] != nil
                else { throw TestKitError("the histogram \(series) does not add up") }
            }
        }
    }
}
