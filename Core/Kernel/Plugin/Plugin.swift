/// A part of the product that a deployment may switch on.
///
/// A plugin lives through three phases. It is **declared**: ``declaration`` tells without an instance what it stores,
/// emits and permits, which is enough to migrate, erase and document it even when it is switched off. It is
/// **assembled**: made from its settings, it binds code to the declaration in ``contributions``; everything is checked
/// and frozen. Then it **runs**: the host calls what was contributed.
///
/// Laws for conforming types:
/// - `init` does no I/O and starts nothing: it also runs during `almanac check`, without a database.
/// - `contributions` is read once, after `init`, and depends on the settings only.
/// - State that requests share lives in the database, or in an immutable snapshot that is replaced as a whole.
public protocol Plugin: Sendable {
    /// What an operator may set in the manifest.
    associatedtype Settings: PluginSettings
    /// What is known without an instance.
    static var declaration: Declaration { get }
    /// Makes the plugin.
    ///
    /// - Parameters:
    ///   - settings: Read from the manifest and valid.
    ///   - kernel: The kernel as this plugin sees it; services of `needs` can be had from it at once.
    /// - Throws: ``Problems`` or any error: the deployment then does not assemble.
    init(settings: Settings, kernel: Kernel<Self>) throws
    /// Everything the plugin adds, bound to code.
    @ContributionBuilder var contributions: Contributions { get }
}
