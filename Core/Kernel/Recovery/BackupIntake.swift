package import AlmanacStorage
package import Logging
internal import ServiceLifecycle
internal import Synchronization

/// Takes notes of backups into the database.
package struct BackupIntake: Service {
    private let notes: BackupNotes
    private let log: BackupLog
    private let logger: Logger
    private let told = Told()

    /// The paths of which there has been a warning, as long as there is reason for one.
    private final class Told: Sendable {
        let paths = Mutex(Set<String>())
    }

    /// - Parameters:
    ///   - notes: Where notes are left.
    ///   - database: The deployment's database.
    ///   - logger: Warned.
    package init(_ notes: BackupNotes, _ database: Database, logger: Logger) {
        self.notes = notes
        self.log = BackupLog(database)
        self.logger = logger
    }

    /// Takes in what is there, sets aside what says nothing, and warns of each of those once, and of what cannot be read.
    ///
    /// - Throws: What the database throws, and ``AlmanacStorage/StorageError`` when the folder cannot be listed; then the
    ///   notes stay.
    package func step() async throws {
        let found = try self.notes.found()
        self.warn(of: found)
        guard !found.entries.isEmpty else { return }
        try await self.log.keep(found.entries.map { $0.entry })
        self.notes.remove(found.entries.map { $0.path })
    }

    private func warn(of found: BackupNotes.Found) {
        let wrong = Set(found.unreadable + found.broken.map { $0.path })
        let fresh = self.told.paths.withLock { told in
            defer { told = wrong }
            return wrong.subtracting(told)
        }
        for path in found.unreadable where fresh.contains(path) {
            self.logger.warning(
                "a note of a backup cannot be read: give it to the account of the server", metadata: ["path": "\(path)"]
            )
        }
        for note in found.broken {
            let place = self.notes.setAside(note.path)
            guard fresh.contains(note.path) else { continue }
            self.logger.warning(
                "a note of a backup says nothing and is set aside: look at it, and remove it",
                metadata: ["path": "\(place)", "reason": "\(note.reason)"])
        }
    }

    /// Takes a step at once and then every quarter of a minute.
    package func run() async throws {
        await Repetition(every: .seconds(15)).runUntilShutdown { _ in
            do {
                try await self.step()
            } catch {
                self.logger.warning("notes of backups wait", metadata: ["error": "\(error)"])
            }
        }
    }
}
