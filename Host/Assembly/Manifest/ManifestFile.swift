public import AlmanacKernel

/// Reads manifests from files.
///
/// The notation is YAML with two additions. A scalar may hold references, `${env:NAME}` to the environment and
/// `${file:PATH}` to a file (without its last line break); `$${` stands for a plain `${`. And `extends: FILE` completes
/// another manifest: mappings are merged key by key, scalars and lists replace what was there, and a `storage` with
/// another `backend` replaces the whole section. Relative paths belong to the folder of the file in which they stand.
/// References are not followed in the settings of a plugin that is switched off.
public enum ManifestFile {
    /// Reads a manifest.
    ///
    /// - Parameters:
    ///   - path: The file, relative to the current folder or absolute; positions call it by this name.
    ///   - environment: The variables that `${env:NAME}` may name.
    /// - Returns: The manifest, if nothing is wrong with it. The settings of the plugins have not been looked at.
    /// - Throws: Everything that is wrong with it.
    public static func load(path: String, environment: [String: String]) throws(Problems) -> Manifest {
        let (manifest, problems) = self.examine(path: path, environment: environment)
        guard let manifest, problems.isEmpty else { throw Problems(problems) }
        return manifest
    }

    /// Reads a manifest as far as it can be read.
    ///
    /// For those who want to look into the settings of the plugins as well before they report what is wrong.
    ///
    /// - Parameters:
    ///   - path: The file, relative to the current folder or absolute; positions call it by this name.
    ///   - environment: The variables that `${env:NAME}` may name.
    /// - Returns: The manifest with placeholders for what is wrong, fit only for finding more mistakes, and all
    ///   problems; no manifest where the file could not be read or is no YAML.
    public static func examine(
        path: String, environment: [String: String]
    ) -> (manifest: Manifest?, problems: [Problem]) {
        var overlay = ManifestOverlay()
        guard let tree = overlay.load(path) else { return (nil, Problems(overlay.problems).all) }
        var expansion = ReferenceExpansion(environment: environment)
        let expanded = self.expand(tree, with: &expansion)
        let start = SourcePosition(file: path, line: 1, column: 1)
        let (manifest, problems) = Manifest.examine(expanded, at: start)
        return (manifest, Problems(overlay.problems + expansion.problems + problems).all)
    }

    /// The tree of a manifest, with what it extends and with its references replaced; nothing where it cannot be read.
    static func tree(path: String, environment: [String: String]) -> SettingsNode? {
        var overlay = ManifestOverlay()
        guard let tree = overlay.load(path) else { return nil }
        var expansion = ReferenceExpansion(environment: environment)
        return self.expand(tree, with: &expansion)
    }

    /// Follows the references, except in plugins that are switched off.
    private static func expand(_ tree: SettingsNode, with expansion: inout ReferenceExpansion) -> SettingsNode {
        guard let plugins = tree.entry("plugins")?.value, plugins.entries != nil else { return expansion.expand(tree) }
        let others = expansion.expand(tree) { $0.hasKey("plugins") }
        let sections = expansion.expand(plugins) { section in
            section.value.entry(PluginSection.switchKey)?.value.scalar?.text == "false"
        }
        let entries = (others.entries ?? []).map { entry in
            entry.hasKey("plugins") ? SettingsNode.Entry(entry.key, at: entry.keyPosition, sections) : entry
        }
        return SettingsNode(.mapping(entries), at: tree.position)
    }
}
