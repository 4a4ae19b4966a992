internal import AlmanacKernel
internal import AlmanacStorage

/// What is wrong with one answer.
struct AnswerFault: Error, Sendable {
    let code: String
    let detail: String
    /// Where inside the answer, when it is a list.
    var index: Int?
}

extension Question {
    /// An answer in the form in which it is kept.
    ///
    /// - Parameter answer: As it was given.
    /// - Returns: `nil` when it says nothing: `null`, blank text, no option.
    /// - Throws: ``AnswerFault`` when it does not answer this question.
    func normalized(_ answer: JSON) throws(AnswerFault) -> JSON? {
        if answer.isNull { return nil }
        switch self.type {
        case .text, .longText: return try self.text(answer)
        case .number: return try self.number(answer)
        case .boolean:
            guard answer.bool != nil else { throw Self.wrong("true or false") }
            return answer
        case .singleChoice: return try self.choice(answer)
        case .multipleChoice: return try self.choices(answer)
        case .date:
            return try Self.parsed(answer, "a date as 2026-03-01", "date") { LocalDate($0)?.description }
        case .time:
            return try Self.parsed(answer, "a time of day as 09:30", "time") { text in
                LocalTime(text).flatMap { $0 == .endOfDay ? nil : $0.description }
            }
        case .phone: return try Self.parsed(answer, PhoneNumber.expectation, "phone") { PhoneNumber($0)?.text }
        case .email:
            return try Self.parsed(answer, "an e-mail address", "email") { (try? EmailAddress($0))?.text }
        }
    }

    private static func wrong(_ expectation: String) -> AnswerFault {
        AnswerFault(code: "type", detail: "expected \(expectation)")
    }

    /// Text without white space around it; `nil` when nothing is left.
    private static func trimmed(_ answer: JSON, _ expectation: String) throws(AnswerFault) -> String? {
        guard let text = answer.string else { throw Self.wrong(expectation) }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return nil }
        return String(scalars[first...last])
    }

    private static func parsed(
        _ answer: JSON, _ expectation: String, _ code: String, _ parse: (String) -> String?
    ) throws(AnswerFault) -> JSON? {
        guard let text = try Self.trimmed(answer, expectation) else { return nil }
        guard let parsed = parse(text) else { throw AnswerFault(code: code, detail: "expected \(expectation)") }
        return .string(parsed)
    }

    private func text(_ answer: JSON) throws(AnswerFault) -> JSON? {
        guard let text = try Self.trimmed(answer, "text") else { return nil }
        let breaks: Set<Unicode.Scalar> = self.type == .longText ? ["\n", "\r", "\t"] : []
        guard
            text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control || breaks.contains($0) })
        else {
            throw AnswerFault(
                code: "control_character",
                detail: self.type == .text ? "expected one line of text" : "expected text without control characters")
        }
        let allowed = (self.minLength ?? 1)...max(self.maxLength ?? self.type.longest, self.minLength ?? 1)
        guard allowed.contains(text.unicodeScalars.count) else {
            throw AnswerFault(
                code: "length", detail: "expected \(allowed.lowerBound) to \(allowed.upperBound) characters")
        }
        return .string(text)
    }

    private func number(_ answer: JSON) throws(AnswerFault) -> JSON? {
        guard let number = answer.number else { throw Self.wrong("a number") }
        if let minimum = self.minimum, number.double < minimum {
            throw AnswerFault(code: "range", detail: "expected \(Self.text(minimum)) or more")
        }
        if let maximum = self.maximum, number.double > maximum {
            throw AnswerFault(code: "range", detail: "expected \(Self.text(maximum)) or less")
        }
        return answer
    }

    private static func text(_ number: Double) -> String { JSONNumber(number)?.spelling ?? "a number" }

    private func choice(_ answer: JSON, at index: Int? = nil) throws(AnswerFault) -> JSON? {
        guard let text = answer.string else {
            throw AnswerFault(code: "type", detail: "expected the value of an option", index: index)
        }
        if text.isEmpty, index == nil { return nil }
        guard let option = self.options.first(where: { $0.value.utf8.elementsEqual(text.utf8) }) else {
            throw AnswerFault(code: "choice", detail: "expected one of the options of the question", index: index)
        }
        return .string(option.value)
    }

    /// The options that were chosen, in the order of the options.
    private func choices(_ answer: JSON) throws(AnswerFault) -> JSON? {
        guard let items = answer.array else { throw Self.wrong("an array of the values of options") }
        guard !items.isEmpty else { return nil }
        var chosen: Set<String> = []
        for (index, item) in items.enumerated() {
            guard let value = try self.choice(item, at: index)?.string else { continue }
            guard chosen.insert(value).inserted else {
                throw AnswerFault(code: "duplicate", detail: "each option may be chosen once only", index: index)
            }
        }
        let count = Double(chosen.count)
        guard count >= self.minimum ?? 1, count <= self.maximum ?? Double(self.options.count) else {
            let range = "\(Self.text(self.minimum ?? 1)) to \(Self.text(self.maximum ?? Double(self.options.count)))"
            throw AnswerFault(code: "items", detail: "expected \(range) options")
        }
        return .array(self.options.filter { chosen.contains($0.value) }.map { .string($0.value) })
    }
}
