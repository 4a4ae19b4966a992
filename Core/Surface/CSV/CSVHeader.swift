internal import AlmanacKernel

/// Where each declared column stands in one file.
struct CSVHeader: Sendable {
    /// A column `name:LANGUAGE`.
    struct Translation: Sendable {
        let language: String
        let index: Int
    }

    /// Every declared name, whether the file has it or not.
    let declared: Set<String>
    /// The position of each column the file has, under the name in the header.
    private(set) var positions: [String: Int] = [:]
    /// The translations of each declared column, in the order of the file.
    private(set) var translations: [String: [Translation]] = [:]

    /// Finds the declared columns in the header record, and reports what is wrong with it.
    ///
    /// - Parameters:
    ///   - record: The first record.
    ///   - columns: What the importer reads.
    ///   - parser: Takes the problems.
    init(_ record: CSVParser.Record, columns: [CSVColumn], parser: inout CSVParser) {
        self.declared = Set(columns.map(\.name))
        // What a misspelled column was taken for is not reported as missing too: one cause, one message.
        var suspected: Set<String> = []
        for (index, field) in record.fields.enumerated() {
            if let problem = self.place(field, index, columns, &suspected) {
                parser.report(problem, line: field.line, column: "column \(index + 1)")
            }
        }
        for column in columns where column.isRequired && self.positions[column.name] == nil {
            guard !suspected.contains(column.name) else { continue }
            let present = record.fields.prefix(20).map { Excerpt.quoted($0.text) }.joined(separator: ", ")
            parser.report("the column \(column.name) is missing; the header names \(present)", line: record.line)
        }
    }

    /// Notes the place of one column.
    ///
    /// - Returns: What is wrong with it, if anything.
    private mutating func place(
        _ field: CSVParser.Field, _ index: Int, _ columns: [CSVColumn], _ suspected: inout Set<String>
    ) -> String? {
        let name = field.text
        guard !name.isEmpty else { return "has no name" }
        // Names that only look alike would pass `==`, which compares by canonical equivalence.
        let exact = columns.first { $0.name.utf8.elementsEqual(name.utf8) }
        let translated = exact == nil ? Self.translation(name, of: columns) : nil
        guard exact != nil || translated != nil else {
            if name.utf8.contains(UInt8(ascii: "\t")) {
                return "the header is separated by tabs; separate columns by commas or semicolons"
            }
            let near = Spelling.nearest(to: name, among: columns.map(\.name))
            if let near { suspected.insert(near) }
            return "unknown column \(Excerpt.quoted(name))" + (near.map { "; did you mean \($0)?" } ?? "")
        }
        let key = translated.map { "\($0.column.name):\($0.language.lowercased())" } ?? name
        guard self.positions[key] == nil else { return "the column \(name) stands twice" }
        self.positions[key] = index
        if let translated {
            self.translations[translated.column.name, default: []]
                .append(Translation(language: translated.language, index: index))
        }
        return nil
    }

    /// Takes `name:de` apart.
    ///
    /// - Returns: The column and the language, or `nil` if the name is not of that form.
    private static func translation(_ name: String, of columns: [CSVColumn]) -> (column: CSVColumn, language: String)? {
        let parts = name.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, self.isLanguage(parts[1]) else { return nil }
        let column = columns.first { $0.hasTranslations && $0.name.utf8.elementsEqual(parts[0].utf8) }
        return column.map { ($0, String(parts[1])) }
    }

    /// Whether the text has the shape of a language tag (BCP 47): two or three letters, then subtags.
    private static func isLanguage(_ text: Substring) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy(self.isLetter) else {
            return false
        }
        return parts.dropFirst().allSatisfy { part in
            (2...8).contains(part.count) && part.allSatisfy { self.isLetter($0) || (0x30...0x39).contains($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte | 0x20)
    }
}
