/// What a check of `almanac doctor` has to say about one thing.
public struct Finding: Sendable, Equatable {
    /// How bad it is.
    public enum Severity: String, Sendable, CaseIterable {
        /// As it should be.
        case ok
        /// It works, and could be better or safer.
        case warning
        /// It does not work, or a protection is missing.
        case problem
    }

    /// What was looked at, as `database.row-security`; stays the same for ever.
    public let check: String
    /// How bad it is.
    public let severity: Severity
    /// What was found, in one sentence without a full stop.
    public let what: String
    /// What to do about it, in one sentence; `nil` when nothing.
    public let advice: String?
    /// SQL statements that mend it, ready to be run as ``advice`` says.
    public let statements: [String]

    private init(_ severity: Severity, _ check: String, _ what: String, _ advice: String?, _ statements: [String]) {
        self.severity = severity
        self.check = check
        self.what = what
        self.advice = advice
        self.statements = statements
    }

    /// All is well.
    public static func ok(_ check: String, _ what: String) -> Finding { Finding(.ok, check, what, nil, []) }

    /// Something could be better.
    public static func warning(
        _ check: String, _ what: String, advice: String, statements: [String] = []
    ) -> Finding { Finding(.warning, check, what, advice, statements) }

    /// Something is wrong.
    public static func problem(
        _ check: String, _ what: String, advice: String, statements: [String] = []
    ) -> Finding { Finding(.problem, check, what, advice, statements) }
}
