public import AlmanacStorage

/// Why background work failed, in words that may be shown: no value, no address and no text of an error of others.
public struct WorkFailure: Sendable, Equatable {
    /// A stable name in snake_case.
    public let code: String
    /// What happened, in a sentence.
    public let message: String
    /// When.
    public let at: Instant
    /// Whether the database could not be had, or had too much to do, for which the work can do nothing.
    let isOutage: Bool
    /// Whether it is useless to begin again.
    let isPermanent: Bool

    /// Finds the words for an error.
    ///
    /// An error that is not ours may hold anything, a token in an address for example: of that only the type is told.
    init(_ error: any Error, at now: Instant, isPermanent: Bool? = nil) {
        self.at = now
        self.isPermanent = isPermanent ?? (error is any PermanentFailure)
        if let storage = error.storageError {
            self.code = "database_" + Self.snake("\(storage.code)")
            self.message = "the database refused or could not be had (\(storage.code))"
            self.isOutage = Self.outages.contains(storage.code)
            return
        }
        self.isOutage = false
        switch error {
        case let refusal as Refusal:
            self.code = refusal.code
            self.message = "it was refused (\(refusal.code))"
        case let fault as any SpeakingFailure:
            self.code = fault.code
            self.message = fault.message
        default:
            self.code = "error"
            self.message = "it threw \(type(of: error))"
        }
    }

    private static let outages: Set<StorageError.Code> = [
        .unavailable, .outcomeUnknown, .full, .locked, .timeout, .serialization, .readOnly,
    ]

    private static func snake(_ camel: String) -> String {
        camel.reduce(into: "") { text, letter in
            if letter.isUppercase { text += "_" }
            text += letter.lowercased()
        }
    }
}

/// An error after which it is useless to begin again: a file that cannot be read, a closure that never ended.
package protocol PermanentFailure: Error {}

/// Work cannot begin as the deployment is set up.
struct UnfitToBegin: PermanentFailure, CustomStringConvertible {
    let cause: any Error
    var description: String { "\(self.cause)" }
}

/// An error of the kernel's whose words may be shown to whoever watches.
protocol SpeakingFailure: Error {
    /// A stable name in snake_case.
    var code: String { get }
    /// What happened, in a sentence.
    var message: String { get }
}

/// Work took longer than it may, was cancelled and ended.
struct WorkTimedOut: SpeakingFailure {
    let limit: Duration
    var code: String { "timed_out" }
    var message: String { "it took longer than \(self.limit) and was cancelled" }
}

/// Work took longer than it may, was cancelled, and did not end then either.
///
/// It may still do something, so that beginning it again would do that twice.
struct WorkStuck: SpeakingFailure, PermanentFailure {
    let limit: Duration
    var code: String { "stuck" }
    var message: String { "it took longer than \(self.limit), was cancelled, and did not end" }
}

/// Work that should go on for ever ended by itself.
struct WorkEnded: SpeakingFailure {
    var code: String { "ended" }
    var message: String { "it ended by itself" }
}

/// A part without which the platform must not go on has failed for good.
package struct EssentialWorkFailed: Error, CustomStringConvertible {
    /// What failed.
    package let work: WorkName
    /// Why.
    package let cause: any Error

    package var description: String { "\(self.work) failed for good, without which nothing may go on: \(self.cause)" }
}
