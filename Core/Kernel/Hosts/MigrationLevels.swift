package import AlmanacStorage

/// How many migrations a program knows of each plugin.
///
/// Versions of programs would not do: plugins have versions of their own.
package struct MigrationLevels: Sendable, Equatable {
    private var levels: [String: Int] = [:]

    /// Those of a program of which nothing is known: it knows none.
    package init() {}

    /// Those of a program with these migrations.
    package init(_ histories: [MigrationHistory]) {
        for history in histories { self.levels[history.namespace.name] = history.migrations.count }
    }

    /// Reads what ``text`` gave; whatever is not understood is not known.
    init(text: String?) {
        for word in (text ?? "").split(separator: " ") {
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[1]) else { continue }
            self.levels[String(parts[0])] = number
        }
    }

    /// The levels as text: `bookings=12 kernel=24`.
    var text: String {
        self.levels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    /// Whether the program knows a migration.
    func knows(_ number: Int, of plugin: Namespace) -> Bool { self.levels[plugin.name, default: 0] >= number }
}
