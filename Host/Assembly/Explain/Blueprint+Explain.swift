package import AlmanacKernel
internal import AlmanacStorage

extension Blueprint {
    /// Explains a key of the manifest.
    ///
    /// - Parameters:
    ///   - key: The key, from the root of the manifest.
    ///   - path: The manifest.
    ///   - chosen: What an organization has chosen for the plugin that the key belongs to, with its slug.
    /// - Returns: The explanation.
    /// - Throws: ``AlmanacKernel/Problems`` when there is no such key.
    package func explain(
        _ key: String, at path: String, _ chosen: (slug: String, settings: EffectiveSettings)?
    ) throws(Problems) -> ConfigExplanation {
        try ConfigExplanation(
            of: key, schema: ManifestSchema.schema(plugins: LinkedPlugins.schemas()),
            tree: ManifestFile.tree(path: path, environment: self.environment) ?? [:],
            section: self.section(of: key), chosen: chosen)
    }

    /// What organizations may choose for the plugin that a key belongs to.
    func section(of key: String) -> SettingsSection? {
        let parts = key.split(separator: ".")
        guard parts.count > 2, parts[0] == "plugins" else { return nil }
        return self.sections.first { $0.plugin.name.utf8.elementsEqual(parts[1].utf8) }
    }
}

extension Deployment {
    /// What an organization has chosen for the plugin that a key belongs to, with its slug.
    ///
    /// - Parameters:
    ///   - key: The key, from the root of the manifest.
    ///   - organization: The organization.
    /// - Returns: Nothing when organizations choose nothing for that plugin.
    /// - Throws: Storage errors.
    package func chosenSettings(
        for key: String, in organization: Organization
    ) async throws -> (slug: String, settings: EffectiveSettings)? {
        guard let plugin = self.blueprint.section(of: key)?.plugin else { return nil }
        let choices = self.runtime.choices
        let settings = try await self.runtime.database.read(in: .organization(organization.id)) { tx in
            try choices.stored(plugin, in: tx)
        }
        return settings.map { (organization.slug, $0) }
    }
}
