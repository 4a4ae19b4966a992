internal import Synchronization

/// The versions of an object of which the caller has seen one (`If-Match`, RFC 9110 §13.1.1).
///
/// It remembers whether the operation has compared them. One that forgot is refused before it commits: the caller would
/// otherwise take for checked what nobody has looked at.
public struct ExpectedVersions: Sendable {
    /// The versions; when there is none, no object matches.
    public let versions: [Int]
    private let comparison = Comparison()

    /// Names the versions.
    public init(_ versions: [Int]) { self.versions = versions }

    /// Whether an operation has compared them with what is there.
    var isCompared: Bool { self.comparison.isDone.load(ordering: .relaxed) }

    func compare(with current: Int) -> Bool {
        self.comparison.isDone.store(true, ordering: .relaxed)
        return self.versions.contains(current)
    }

    /// Shared by the copies of a call.
    private final class Comparison: Sendable {
        let isDone = Atomic(false)
    }
}

extension Call {
    /// Refuses the call when the caller has seen another version of the object than `current`.
    ///
    /// - Throws: ``Refusal`` of kind `preconditionFailed`; nothing when the caller named no version.
    public func match(version current: Int) throws {
        guard let expected = self.expectedVersions, !expected.compare(with: current) else { return }
        let seen =
            switch expected.versions.count {
            case 0: "none of what you have seen"
            case 1: "version \(expected.versions[0])"
            default: "versions \(expected.versions.map(String.init).joined(separator: ", "))"
            }
        throw Refusal(
            .preconditionFailed, "version_changed",
            "this was changed meanwhile: you named \(seen), it is at \(current). Read it again")
    }

    /// Refuses a call whose expectation nobody has compared with anything.
    ///
    /// - Throws: ``Refusal`` of kind `preconditionFailed`.
    func checkComparison() throws {
        guard let expected = self.expectedVersions, !expected.isCompared else { return }
        throw Refusal.nothingToMatch
    }
}

extension Refusal {
    /// The caller names a version where there is none to compare it with.
    package static let nothingToMatch = Refusal(
        .preconditionFailed, "no_version",
        "If-Match names a version, but there is none here to compare it with: leave the header out")
}
