internal import AlmanacKernel

/// One row of a CSV file, with accessors that collect what is wrong instead of stopping.
///
/// An accessor that fails notes a problem and answers with a stand-in of its type; ``CSVTable/decode(collecting:_:)``
/// drops what was made of such a row. Spaces, tabs and line ends around a value are not part of it, except in
/// ``raw(_:)``.
public struct CSVRow: Sendable {
    /// The file as the caller named it.
    public let file: String
    /// The line on which the row begins.
    public let line: Int
    /// What the accessors found wrong so far.
    public private(set) var problems = CSVProblems()

    private let fields: [CSVParser.Field]
    private let header: CSVHeader

    init(_ record: CSVParser.Record, header: CSVHeader, file: String) {
        self.file = file
        self.line = record.line
        self.fields = record.fields
        self.header = header
    }

    // MARK: Values

    /// The field exactly as it stands in the file.
    ///
    /// - Parameter column: The name of a declared column, or of a translation, the language in lower case.
    /// - Returns: The text, or `nil` if the file has no such column.
    public func raw(_ column: String) -> String? {
        self.header.positions[column].map { self.fields[$0].text }
    }

    /// A text that must be there.
    ///
    /// - Parameter column: The name of a declared column.
    /// - Returns: The text, or an empty one if the field is empty, which is a problem.
    public mutating func text(_ column: String) -> String {
        self.required(column) ?? ""
    }

    /// A text that may be left out.
    ///
    /// - Parameter column: The name of a declared column.
    /// - Returns: The text, or `nil` if the field is empty or the file has no such column.
    public mutating func optionalText(_ column: String) -> String? {
        guard self.header.declared.contains(column) else {
            self.refuse(column, "the importer reads this column without having declared it")
            return nil
        }
        let text = self.raw(column).map(Self.trimmed) ?? ""
        return text.isEmpty ? nil : text
    }

    /// A whole number that must be there.
    ///
    /// - Parameters:
    ///   - column: The name of a declared column.
    ///   - range: What is allowed.
    /// - Returns: The number, or the lower end of the range if there is a problem.
    public mutating func integer(_ column: String, in range: ClosedRange<Int>) -> Int {
        self.required(column).flatMap { self.integer($0, column, range) } ?? range.lowerBound
    }

    /// A whole number that may be left out.
    ///
    /// - Parameters:
    ///   - column: The name of a declared column.
    ///   - range: What is allowed.
    /// - Returns: The number, or `nil` if the field is empty, missing or wrong.
    public mutating func optionalInteger(_ column: String, in range: ClosedRange<Int>) -> Int? {
        self.optionalText(column).flatMap { self.integer($0, column, range) }
    }

    /// A value of any type that must be there.
    ///
    /// - Parameters:
    ///   - column: The name of a declared column.
    ///   - expected: What the field should hold, for the message: `a date such as 2026-03-01`.
    ///   - parse: Reads the text; `nil` is a problem.
    /// - Returns: The value, or `nil` if there is a problem.
    public mutating func value<Value>(
        _ column: String, expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        self.required(column).flatMap { self.value($0, column, expected, parse) }
    }

    /// A value of any type that may be left out.
    ///
    /// - Parameters:
    ///   - column: The name of a declared column.
    ///   - expected: What the field should hold, for the message.
    ///   - parse: Reads the text; `nil` is a problem.
    /// - Returns: The value, or `nil` if the field is empty, missing or wrong.
    public mutating func optionalValue<Value>(
        _ column: String, expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        self.optionalText(column).flatMap { self.value($0, column, expected, parse) }
    }

    /// One of several words, compared byte for byte.
    ///
    /// - Parameters:
    ///   - column: The name of a declared column.
    ///   - words: What is allowed.
    /// - Returns: The word, or `nil` if there is a problem; the message names the nearest word.
    public mutating func choice(_ column: String, among words: [String]) -> String? {
        guard let text = self.required(column) else { return nil }
        if let word = words.first(where: { $0.utf8.elementsEqual(text.utf8) }) { return word }
        let advice = Spelling.advice(for: text, among: words).map { "; \($0)" } ?? ""
        self.refuse(column, "expected one of \(words.joined(separator: ", ")), found \(Excerpt.quoted(text))\(advice)")
        return nil
    }

    /// Words separated by spaces, each at most once.
    ///
    /// - Parameter column: The name of a declared column.
    /// - Returns: The words in the order of the file; none if the field is empty or missing.
    public mutating func list(_ column: String) -> [String] {
        var words: [String] = []
        var seen: Set<[UInt8]> = []
        for part in (self.optionalText(column) ?? "").split(whereSeparator: Self.isSpace) {
            if seen.insert(Array(part.utf8)).inserted {
                words.append(String(part))
            } else {
                self.refuse(column, "\(Excerpt.quoted(String(part))) stands twice")
            }
        }
        return words
    }

    /// What the columns `name:LANGUAGE` of this row hold.
    ///
    /// - Parameter column: The name of a column declared with translations, without the language.
    /// - Returns: Language tag and text of each translation that is not empty, in the order of the file.
    public func translations(_ column: String) -> [(language: String, text: String)] {
        (self.header.translations[column] ?? []).compactMap { translation in
            let text = Self.trimmed(self.fields[translation.index].text)
            return text.isEmpty ? nil : (translation.language, text)
        }
    }

    // MARK: Problems

    /// States a problem of this row without noting it; for rules that are checked once all rows are read.
    ///
    /// - Parameters:
    ///   - column: The column it is about, or `nil` for the whole row.
    ///   - reason: What is wrong and what to do about it.
    ///   - code: The code with which the API refuses the same, if it does.
    /// - Returns: The problem with its place.
    public func problem(_ column: String?, _ reason: String, code: String? = nil) -> CSVProblem {
        let index = column.flatMap { self.header.positions[$0] }
        let line = index.map { self.fields[$0].line } ?? self.line
        return CSVProblem(file: self.file, line: line, column: column, reason: reason, code: code)
    }

    /// Notes a problem of this row.
    ///
    /// - Parameters:
    ///   - column: The column it is about, or `nil` for the whole row.
    ///   - reason: What is wrong and what to do about it.
    public mutating func refuse(_ column: String?, _ reason: String) {
        self.problems.append(self.problem(column, reason))
    }

    // MARK: Reading

    private mutating func required(_ column: String) -> String? {
        let problemsBefore = self.problems.count
        let text = self.optionalText(column)
        if text == nil, self.problems.count == problemsBefore {
            self.refuse(column, "must not be empty")
        }
        return text
    }

    private mutating func integer(_ text: String, _ column: String, _ range: ClosedRange<Int>) -> Int? {
        let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
        let isNumber = !digits.isEmpty && digits.allSatisfy { (0x30...0x39).contains($0) }
        // Only digits are left to `Int`, so that it can fail on size alone.
        guard isNumber, let number = Int(text), range.contains(number) else {
            let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            self.refuse(column, "expected \(expected), found \(Excerpt.quoted(text))")
            return nil
        }
        return number
    }

    private mutating func value<Value>(
        _ text: String, _ column: String, _ expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        let value = parse(text)
        if value == nil {
            self.refuse(column, "expected \(expected), found \(Excerpt.quoted(text))")
        }
        return value
    }

    private static func trimmed(_ text: String) -> String {
        let tail = text.drop(while: Self.isSpace)
        guard let last = tail.lastIndex(where: { !Self.isSpace($0) }) else { return "" }
        return String(tail[...last])
    }

    private static func isSpace(_ character: Character) -> Bool {
        // CRLF is one character.
        character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\r\n"
    }
}
