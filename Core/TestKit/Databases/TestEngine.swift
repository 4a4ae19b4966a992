/// The engines on which every test of stored data runs.
///
/// ```swift
/// @Test(arguments: TestEngine.allCases)
/// func keepsWhatWasWritten(_ engine: TestEngine) async throws {
///     try await withPlatform(engine, plugins: [Reviews.self]) { platform in … }
/// }
/// ```
public enum TestEngine: String, Sendable, CaseIterable, CustomStringConvertible {
    /// A file in a folder of its own, removed afterwards.
    case sqlite
    /// A database of its own on the server that `ALMANAC_TEST_POSTGRES_URL` names, dropped afterwards.
    case postgres

    /// The engine's name, as the manifest spells it.
    public var description: String { self.rawValue }
}
