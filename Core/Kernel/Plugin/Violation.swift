internal import AlmanacStorage

/// Tells what it means to a caller that the database refused a row because of a constraint.
///
/// A constraint speaks when the transaction has already failed, at the commit in the extreme, and knows no more than
/// its name. Where that is the way a rule is kept (a unique slug), or stands behind one (an exclusion constraint behind
/// a lock), the plugin says here what its callers are told.
public struct Violation: Contribution {
    /// The constraint, as ``AlmanacStorage/StorageError/constraint`` names it: `event_type_slug_key`.
    public let constraint: String
    /// What the caller is told.
    public let refusal: Refusal

    /// Explains a constraint of the plugin's own tables.
    public init(of constraint: String, _ refusal: Refusal) {
        self.constraint = constraint
        self.refusal = refusal
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "violation of \(self.constraint)" }
}

extension Platform {
    /// What the caller of a command of `owner` is told instead of `error`, if a violated constraint was explained.
    func explanation(of error: any Error, to owner: PluginID) -> Refusal? {
        guard let constraint = error.storageError?.constraint else { return nil }
        return self.explanations[owner]?[constraint]
    }
}
