/// Encrypts the answers that are kept for repeated calls.
///
/// An answer may show personal data, and a table of answers outlives what they show; so it is not stored in the clear.
/// A sealed answer opens only for the row it was sealed for.
package protocol AnswerSealing: Sendable {
    /// Encrypts an answer.
    ///
    /// - Parameters:
    ///   - answer: The answer.
    ///   - row: What identifies the row, to be authenticated with it.
    /// - Returns: What is stored.
    /// - Throws: Any error when there is no key.
    func seal(_ answer: [UInt8], for row: [UInt8]) throws -> [UInt8]

    /// Decrypts an answer.
    ///
    /// - Parameters:
    ///   - sealed: What is stored.
    ///   - row: What identifies the row.
    /// - Returns: The answer.
    /// - Throws: Any error when it was not sealed for this row, or its key is gone.
    func open(_ sealed: [UInt8], for row: [UInt8]) throws -> [UInt8]
}
