public import AlmanacStorage

/// The decision to erase a person, for policies: veto it while something is still to come, or clean up what no table
/// declares, in the same transaction.
public struct PersonErasure: PolicySubject {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let name = "person-erasure"

    /// Who is to be erased.
    public let person: ID<Person>
}
