/// A key that the manifest takes out of the organizations' hands.
public struct LockedSetting: Sendable, Equatable {
    /// The key.
    public let name: String
    /// Where the manifest says so.
    public let position: SourcePosition

    /// Names a key.
    public init(_ name: String, at position: SourcePosition = .code) {
        self.name = name
        self.position = position
    }
}
