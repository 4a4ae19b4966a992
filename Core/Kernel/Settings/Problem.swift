/// One thing that is wrong with a deployment, and where.
///
/// Problems are collected rather than thrown one by one, so that an operator can mend a manifest in one go; see
/// ``Problems``. They are written for the person who edits the manifest or the plugin.
public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where it is: `FILE:LINE:COLUMN`, or the name of a plugin where no file is to blame.
    public let place: String
    /// What is wrong, without a full stop.
    public let message: String
    /// What to do about it, without a full stop; absent where the message says it all.
    public let advice: String?
    /// The place as a position, where it is one.
    public let position: SourcePosition?

    /// States a problem of something that stands in no file.
    ///
    /// - Parameters:
    ///   - place: What is to blame, such as `plugin bookings`.
    ///   - message: What is wrong, without a full stop.
    ///   - advice: What to do about it.
    public init(place: String, message: String, advice: String? = nil) {
        self.place = place
        self.message = message
        self.advice = advice
        self.position = nil
    }

    /// States a problem of something that stands in a file.
    ///
    /// - Parameters:
    ///   - position: Where it stands.
    ///   - message: What is wrong, without a full stop.
    ///   - advice: What to do about it.
    public init(at position: SourcePosition, message: String, advice: String? = nil) {
        self.place = position.description
        self.message = message
        self.advice = advice
        self.position = position
    }

    /// `PLACE: MESSAGE; ADVICE`, always on one line.
    public var description: String {
        let text = "\(self.place): \(self.message)" + (self.advice.map { "; \($0)" } ?? "")
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
