/// Where the platform gets keys of its own: to sign what clients carry for it.
///
/// All hosts of a deployment get the same keys, so that one accepts what another has signed.
package protocol SigningKeys: Sendable {
    /// The key for one purpose: 32 bytes that tell nothing about those for other purposes.
    ///
    /// - Parameter purpose: A permanent name: another name is another key.
    /// - Returns: The key.
    /// - Throws: Storage errors.
    func key(for purpose: StaticString) async throws -> [UInt8]
}
