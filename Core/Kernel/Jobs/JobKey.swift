/// Names a job by what it works on, so that it can be enqueued where its code is not at hand.
///
/// ```swift
/// static let sendReminder = JobKey<Reminder>("send-reminder")
/// ```
public struct JobKey<Input: Codable & Sendable>: Sendable {
    /// The permanent name within the plugin: lower-case letters, digits and hyphens, beginning with a letter.
    public let name: String

    /// Names a job of the plugin that enqueues it.
    public init(_ name: String) { self.name = name }
}
