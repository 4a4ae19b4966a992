internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage

/// What a deployment is made of, without its secrets.
struct DeploymentSummary {
    private let blueprint: Blueprint
    private let path: String

    init(_ blueprint: Blueprint, path: String) {
        self.blueprint = blueprint
        self.path = path
    }

    /// For people.
    var text: String {
        let manifest = self.blueprint.manifest
        let organization = manifest.organization
        let place = [
            organization.slug, organization.timeZone.name, organization.locale, organization.currency,
        ]
        let plugins = self.blueprint.plugins.map { plugin in
            "\(plugin.id) \(plugin.version)" + (self.isEnabled(plugin) ? "" : " (off)")
        }
        return """
            \(self.path) is right.
              name          \(manifest.name)
              organization  \(place.joined(separator: ", "))
              storage       \(self.storage)
              server        \(manifest.server.host):\(manifest.server.port)
              mail          \(manifest.mail?.summary ?? "not configured: none is sent")
              plugins       \(plugins.joined(separator: ", "))
            """
    }

    /// For programs.
    var json: JSON {
        let manifest = self.blueprint.manifest
        let plugins = self.blueprint.plugins.map { plugin -> JSON in
            [
                "id": .string(plugin.id.name), "version": .string(plugin.version),
                "enabled": .bool(self.isEnabled(plugin)),
            ]
        }
        return [
            "valid": true, "manifest": .string(self.path), "name": .string(manifest.name),
            "organization": .string(manifest.organization.slug), "storage": self.storageJSON,
            "plugins": .array(plugins),
        ]
    }

    private func isEnabled(_ plugin: Declaration) -> Bool { self.blueprint.enabledPlugins.contains(plugin.id) }

    private var storage: String {
        switch self.blueprint.manifest.storage {
        case .sqlite(let settings): "SQLite, \(settings.path)"
        // Shows neither who signs in nor the password.
        case .postgres(let settings): "PostgreSQL, \(settings.url)"
        }
    }

    private var storageJSON: JSON {
        switch self.blueprint.manifest.storage {
        case .sqlite(let settings): ["backend": "sqlite", "path": .string(settings.path)]
        case .postgres(let settings): ["backend": "postgres", "url": .string("\(settings.url)")]
        }
    }
}
