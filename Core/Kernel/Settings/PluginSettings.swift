/// The settings of a plugin, or a group of settings inside them.
///
/// One initializer says everything: which keys there are, of what type, what they mean, and what holds where they are
/// left out. The same initializer reads the manifest, yields the schema and yields the documentation, so these cannot
/// drift apart, and a property that is not read does not compile.
///
/// ```swift
/// public struct Settings: PluginSettings {
///     public let slotMinutes: Int
///     public let rounding: Rounding
///     public let timeZone: Zone
///
///     public init(from read: inout SettingsReader) throws {
///         self.slotMinutes = read("slotMinutes", "Minutes between two offered starts", in: 5...240, default: 15)
///         self.rounding = read("rounding", "How a start off the grid is rounded", default: .up)
///         self.timeZone = read("timeZone", "Time zone of the school")
///     }
/// }
/// ```
///
/// Laws for `init(from:)`:
/// - It reads every key in every run, whatever the values are; keys that depend on a value belong into
///   ``SettingsReader/variant(_:_:default:_:)``. Otherwise the schema would lack them.
/// - It does no I/O and does not trap: it also runs on placeholders, when the schema is wanted or something is wrong.
/// - It throws only what it cannot report otherwise. Mistakes of the operator are reported by the reader, all of them;
///   rules across fields are ``SettingsReader/check(_:_:_:)``.
public protocol PluginSettings: Sendable {
    /// Reads every field.
    ///
    /// - Parameter read: Where the fields come from.
    /// - Throws: What the reader cannot report.
    init(from read: inout SettingsReader) throws
}

extension PluginSettings {
    /// Reads settings.
    ///
    /// - Parameters:
    ///   - node: The settings; ``SettingsNode/Kind/null`` counts as an empty mapping.
    ///   - path: What the settings are called in messages, as `plugins.bookings`; empty for a whole file.
    ///   - position: Where a missing key is reported, if not where the node begins: at the key that leads to it.
    /// - Returns: The settings, if nothing is wrong with them.
    /// - Throws: Everything that is wrong with them.
    public static func read(
        _ node: SettingsNode, path: String = "", at position: SourcePosition? = nil
    ) throws(Problems) -> Self {
        let (value, problems) = self.examine(node, path: path, at: position)
        guard let value, problems.isEmpty else { throw Problems(problems) }
        return value
    }

    /// Reads settings as far as they can be read.
    ///
    /// For those who want to look for more mistakes elsewhere before they give up.
    ///
    /// - Parameters:
    ///   - node: The settings; ``SettingsNode/Kind/null`` counts as an empty mapping.
    ///   - path: What the settings are called in messages; empty for a whole file.
    ///   - position: Where a missing key is reported, if not where the node begins.
    /// - Returns: The settings, with placeholders for what is wrong, and all problems; no settings where `init(from:)`
    ///   threw.
    public static func examine(
        _ node: SettingsNode, path: String = "", at position: SourcePosition? = nil
    ) -> (settings: Self?, problems: [Problem]) {
        var reader = SettingsReader(reading: node, path: path, at: position ?? node.position)
        do {
            let value = try Self(from: &reader)
            reader.finish()
            return (value, reader.problems)
        } catch {
            reader.report(error)
            return (nil, reader.problems)
        }
    }

    /// The schema, learned by running `init(from:)` on nothing.
    ///
    /// - Throws: Mistakes of the plugin's author: a key read twice, a default outside its range, an initializer that
    ///   throws when there is nothing to read.
    public static func schema() throws(Problems) -> SettingsSchema {
        var reader = SettingsReader(describing: "", at: SourcePosition(file: "settings \(Self.self)"))
        do {
            _ = try Self(from: &reader)
        } catch {
            reader.report(error)
        }
        guard reader.problems.isEmpty else { throw Problems(reader.problems) }
        return SettingsSchema(fields: reader.fields)
    }
}

/// The settings of a plugin that has none.
public struct NoSettings: PluginSettings {
    /// Makes the only value there is.
    public init() {}

    /// Reads nothing, so that any key is an unknown one.
    public init(from read: inout SettingsReader) throws {}
}
