public import AlmanacStorage
internal import Synchronization

/// Turns plugins and settings into a verified platform, reporting everything that is wrong at once.
///
/// This is the first phase of every boot and the whole of `almanac check`: it needs no database and no network.
public struct Assembler: Sendable {
    private let linked: [any Plugin.Type]

    /// - Parameter linked: Every plugin in this program, in any order.
    public init(_ linked: [any Plugin.Type]) {
        self.linked = linked
    }

    /// Every plugin in this program, sorted by id.
    public var declarations: [Declaration] {
        self.linked.map { $0.declaration }.sorted { $0.id < $1.id }
    }

    /// The migrations of the kernel and of every plugin that is linked, enabled or not.
    ///
    /// A plugin that is switched off still migrates, so that it can be switched on again. Those that are needed come
    /// first, because tables may refer to theirs.
    public var histories: [MigrationHistory] {
        var ignored: [Problem] = []
        return [KernelSchema.history]
            + PluginOrder.sorted(self.linked, &ignored).map { $0.declaration.history }
    }

    /// The encrypted columns of the kernel and of every plugin that is linked, enabled or not.
    var encryptedColumns: [EncryptedColumn] {
        KernelSchema.encryptedColumns + self.declarations.flatMap(\.encryptedColumns)
    }

    /// Builds the graph, checks it and freezes it.
    ///
    /// - Parameters:
    ///   - enabled: What the manifest switches on.
    ///   - core: What the plugins share.
    /// - Returns: The plugins in order of need, with everything they contribute.
    /// - Throws: Everything that is wrong, each with its place.
    func assemble(_ enabled: [EnabledPlugin], core: KernelCore) throws(Problems) -> Platform {
        var problems: [Problem] = self.unknown(enabled)
        let chosen = self.linked.filter { type in enabled.contains { $0.id == type.declaration.id } }
        let ordered = PluginOrder.sorted(chosen, &problems)
        var loaded: [LoadedPlugin] = []
        var failed: Set<PluginID> = []
        for type in ordered {
            let id = type.declaration.id
            // A plugin whose need has failed is not tried: one cause, one message.
            guard !type.declaration.needs.contains(where: failed.contains),
                let entry = enabled.first(where: { $0.id == id })
            else {
                failed.insert(id)
                continue
            }
            do {
                loaded.append(try Self.load(type, entry, core))
            } catch {
                failed.insert(id)
                problems += (error as? Problems)?.all ?? [Self.problem(of: id, entry.position, "\(error)")]
            }
        }
        let graph = Graph(loaded)
        problems += GraphVerifier(graph).problems
        guard problems.isEmpty else { throw Problems(problems) }
        return core.platform.storeIfNil(Platform(graph))
    }

    private func unknown(_ enabled: [EnabledPlugin]) -> [Problem] {
        let known = self.linked.map { $0.declaration.id.name }
        return enabled.filter { !known.contains($0.id.name) }.map { entry in
            let near = Spelling.nearest(to: entry.id.name, among: known)
            return Self.problem(
                of: entry.id, entry.position, "there is no plugin called \(entry.id) in this program",
                advice: near.map { "did you mean \($0)?" } ?? "it has \(known.sorted().joined(separator: ", "))")
        }
    }

    private static func problem(
        of id: PluginID, _ position: SourcePosition?, _ message: String, advice: String? = nil
    ) -> Problem {
        guard let position else { return Problem(place: "plugin \(id)", message: message, advice: advice) }
        return Problem(at: position, message: "plugin \(id): \(message)", advice: advice)
    }

    /// Opens the existential metatype once; everything inside is typed.
    private static func load<P: Plugin>(
        _ type: P.Type, _ entry: EnabledPlugin, _ core: KernelCore
    ) throws -> LoadedPlugin {
        let settings = try P.Settings.read(entry.settings, path: "plugins.\(entry.id)", at: entry.position)
        let plugin = try P(settings: settings, kernel: Kernel<P>(core: core))
        let contributions = plugin.contributions
        core.services.withLock { services in
            for item in contributions.items {
                if let service = item as? any AnyProvides { services[service.path] = service.erased }
            }
        }
        return LoadedPlugin(declaration: P.declaration, contributions: contributions)
    }
}
