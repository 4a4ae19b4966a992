internal import AlmanacKernel
internal import AlmanacServer
internal import AlmanacStorage
internal import AlmanacSurface

/// Why a command ends without having done its work, in words for whoever typed it.
struct CommandFailure: Error {
    /// What happened, where, and what to do; one line a problem.
    let message: String
    let status: ExitStatus

    init(_ message: String, status: ExitStatus) {
        self.message = message
        self.status = status
    }

    /// Finds the words for an error.
    init(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let problems as Problems: self.init(problems.description, status: .misused)
        case let problems as CSVProblems: self.init(Self.summary(problems), status: .failed)
        case let refusal as Refusal: self.init(Self.sentence(refusal.message), status: .failed)
        case let failure as ListenError: self.init(Self.sentence(failure.description), status: .failed)
        case is CancellationError: self.init(Self.sentence("interrupted before it was done"), status: .failed)
        default: self = Self.fault(error)
        }
    }

    private static func fault(_ error: any Error) -> CommandFailure {
        if let storage = error.storageError { return CommandFailure(self.sentence(storage.message), status: .failed) }
        // Any error casts to CustomStringConvertible on Linux; only its type tells whether it has words of its own.
        let hasWords = type(of: error) is any CustomStringConvertible.Type
        let text = hasWords ? "\(error)" : "something unexpected went wrong (\(type(of: error)))"
        return CommandFailure(self.sentence(text), status: .failed)
    }

    private static func summary(_ problems: CSVProblems) -> String {
        let count = problems.count == 1 ? "1 problem" : "\(problems.count) problems"
        return "\(problems)\nalmanac: \(count); nothing was imported"
    }

    /// One line that says who speaks.
    private static func sentence(_ text: String) -> String {
        "almanac: " + text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
