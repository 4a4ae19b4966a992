public import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
public import Logging

/// A deployment that has been checked and could be opened: the first phase of every boot, and all of `almanac check`.
///
/// Making one reads the manifest and assembles the plugins; it touches no database and no network.
public struct Blueprint: Sendable {
    /// What the operator wrote.
    public let manifest: Manifest
    /// The version of the program.
    public let version: String
    /// Where the keys are kept; nothing has looked there.
    package let keySource: any KeySource
    let assembler: Assembler
    let enabled: [EnabledPlugin]
    /// What `${env:NAME}` refers to.
    let environment: [String: String]
    /// What organizations may choose for themselves.
    let sections: [SettingsSection]
    /// The interface that would be served, over no database.
    private let api: API

    /// Checks a deployment.
    ///
    /// - Parameters:
    ///   - path: The manifest.
    ///   - environment: What `${env:NAME}` refers to.
    ///   - version: The version of the program.
    ///   - logger: Where the log goes.
    /// - Throws: Everything that is wrong, in the manifest and in the plugins.
    public init(
        manifest path: String, environment: [String: String], version: String, logger: Logger
    ) throws(Problems) {
        let (manifest, problems) = ManifestFile.examine(path: path, environment: environment)
        guard let manifest else { throw Problems(problems) }
        self.manifest = manifest
        self.keySource = manifest.keySource(manifestPath: path)
        self.version = version
        self.environment = environment
        self.assembler = Assembler(LinkedPlugins.all)
        self.enabled = manifest.plugins.filter(\.isEnabled).map {
            EnabledPlugin(PluginID($0.id), settings: $0.settings, at: $0.position, locked: $0.locked)
        }
        var all = problems
        do throws(Problems) {
            let runtime = try Runtime(
                assembling: self.assembler, enabled: self.enabled,
                database: Self.database(OfflineEngine()), policy: manifest.accounts.sessions,
                accounts: manifest.accounts.policy, logger: logger)
            self.sections = runtime.choices.sections
            let settings = Self.apiSettings(manifest, version)
            self.api = try API(runtime, settings: settings, logger: logger)
        } catch {
            all += error.all
            throw Problems(all)
        }
        guard all.isEmpty else { throw Problems(all) }
    }

    /// The OpenAPI 3.1 document of the deployment, encoded; made when it is asked for.
    ///
    /// - Throws: Every endpoint that cannot be described.
    public var openAPI: [UInt8] { get throws(Problems) { try self.api.openAPI } }

    /// Looks whether the interface and the console can be described.
    ///
    /// - Throws: Everything that cannot, or does not fit.
    public func verifyDescriptions() throws(Problems) { try self.api.verifyDescriptions() }

    /// Every plugin in this program, enabled or not.
    public var plugins: [Declaration] { self.assembler.declarations }

    /// The plugins that the manifest switches on.
    public var enabledPlugins: [PluginID] { self.enabled.map(\.id) }

    var apiSettings: APISettings { Self.apiSettings(self.manifest, self.version) }

    private static func apiSettings(_ manifest: Manifest, _ version: String) -> APISettings {
        var settings = APISettings(
            title: manifest.name, version: version, limits: manifest.limits.rates,
            trustedProxies: manifest.server.trustedProxies, isHTTPS: manifest.server.https,
            origins: manifest.server.cors.origins)
        settings.live = manifest.server.live.settings
        settings.requestLogLevel = Logger.Level(rawValue: manifest.logging.requests.rawValue)
        return settings
    }

    static func database(_ engine: any DatabaseEngine) -> Database {
        Database(engine: engine, namespace: .kernel, clock: SystemClock(), ids: UUIDv7Generator())
    }
}
