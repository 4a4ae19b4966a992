/// A recurrence rule, or a series made from one, that cannot be.
public struct RecurrenceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, for programs.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Base: String {
            case malformed
            case tooLong
            case unknownPart
            case repeatedPart
            case unsupportedPart
            case valueOutOfRange
            case frequencyMissing
            case partNotAllowed
            case ordinalNotAllowed
            case positionAlone
            case twoEnds
            case untilForm
            case startOffRule
            case endless
            case neverOccurs
            case tooManyOccurrences
            case frequencyTooFine
            case noSuchOccurrence
            case unknownZone
        }

        private let base: Base

        /// The name of the code, as `partNotAllowed`.
        public var description: String { self.base.rawValue }

        /// The text is not shaped like a rule or a calendar property.
        public static let malformed = Self(base: .malformed)
        /// The text is longer than any sensible rule, or has too many values.
        public static let tooLong = Self(base: .tooLong)
        /// There is no rule part or property of that name.
        public static let unknownPart = Self(base: .unknownPart)
        /// A part stands twice.
        public static let repeatedPart = Self(base: .repeatedPart)
        /// The part is known and not supported, as `RSCALE`.
        public static let unsupportedPart = Self(base: .unsupportedPart)
        /// A number or a date that there is not.
        public static let valueOutOfRange = Self(base: .valueOutOfRange)
        /// `FREQ` is not there.
        public static let frequencyMissing = Self(base: .frequencyMissing)
        /// The part may not stand beside that `FREQ`, or beside a `DTSTART` without a time.
        public static let partNotAllowed = Self(base: .partNotAllowed)
        /// `BYDAY` has an ordinal where only weekdays may be.
        public static let ordinalNotAllowed = Self(base: .ordinalNotAllowed)
        /// `BYSETPOS` without another `BY…` part to choose from.
        public static let positionAlone = Self(base: .positionAlone)
        /// Both `COUNT` and `UNTIL`.
        public static let twoEnds = Self(base: .twoEnds)
        /// `UNTIL` is of another form than `DTSTART` asks for.
        public static let untilForm = Self(base: .untilForm)
        /// The start is not one of the times that the rule makes.
        public static let startOffRule = Self(base: .startOffRule)
        /// The rule has no end where one is needed.
        public static let endless = Self(base: .endless)
        /// The rule describes no time that exists.
        public static let neverOccurs = Self(base: .neverOccurs)
        /// More occurrences than were allowed.
        public static let tooManyOccurrences = Self(base: .tooManyOccurrences)
        /// The rule repeats within a day where it may not.
        public static let frequencyTooFine = Self(base: .frequencyTooFine)
        /// The series has no occurrence at that time.
        public static let noSuchOccurrence = Self(base: .noSuchOccurrence)
        /// No zone of the IANA database has that name, or none was given.
        public static let unknownZone = Self(base: .unknownZone)
    }

    /// What went wrong, for programs.
    public let code: Code

    /// Where in the text, counted in characters from 1; `nil` when it was not read from a text.
    public let position: Int?

    /// What is wrong and what to do about it, without the position.
    public let message: String

    init(_ code: Code, at position: Int? = nil, _ message: String) {
        self.code = code
        self.position = position
        self.message = message
    }

    /// What happened, where, and what to do about it, for people.
    public var description: String {
        self.position.map { "character \($0): \(self.message)" } ?? self.message
    }

    /// The same error, found so many characters further on in a longer text.
    func moved(by offset: Int) -> Self {
        Self(self.code, at: self.position.map { $0 + offset }, self.message)
    }
}
