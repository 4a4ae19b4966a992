/// What a host tells the API about the deployment.
public struct APISettings: Sendable {
    /// What the deployment is called, for the API's documentation.
    public var title: String
    /// The version of the program.
    public var version: String

    /// Describes a deployment.
    public init(title: String, version: String) {
        self.title = title
        self.version = version
    }
}
