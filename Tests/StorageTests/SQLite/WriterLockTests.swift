import AlmanacTestKit
import Foundation
import Testing

@testable import AlmanacStorage

/// One process writes a SQLite file.
struct WriterLockTests {
    private func open(_ folder: TemporaryFolder, _ purpose: String = "almanac serve") throws -> SQLiteEngine {
        try SQLiteEngine(SQLiteConfiguration(path: folder.file("school.sqlite"), purpose: purpose))
    }

    @Test func aSecondWriterIsRefusedAndToldWhoHoldsTheFile() async throws {
        try await withTemporaryFolder { folder in
            let first = try self.open(folder)
            let error = #expect(throws: StorageError.self) { try self.open(folder, "almanac seed") }
            await first.close()

            #expect(error?.code == .locked)
            #expect(
                error?.message == """
                    \(folder.file("school.sqlite")) is in use by process \(getpid()) (almanac serve). One process writes \
                    a SQLite file: stop that one first, or use PostgreSQL, which takes several
                    """)
        }
    }

    @Test func theLockIsFreeAfterClosing() async throws {
        try await withTemporaryFolder { folder in
            for purpose in ["first", "second", "third"] {
                let engine = try self.open(folder, purpose)
                #expect(throws: StorageError.self) { try self.open(folder) }
                await engine.close()
            }
        }
    }

    @Test func theLockIsFreeWhenTheEngineIsGoneWithoutClosing() async throws {
        try await withTemporaryFolder { folder in
            do { _ = try self.open(folder) }
            await (try self.open(folder)).close()
        }
    }

    @Test func whatAProcessThatCrashedLeftBehindIsNoLock() async throws {
        try await withTemporaryFolder { folder in
            // The file stays when a process is killed; the kernel has let go of the lock on it.
            try folder.write(Array("process 4194305 (almanac serve)\n".utf8), to: "school.sqlite.lock")
            await (try self.open(folder)).close()
        }
    }

    @Test func aLockHeldByAnotherProcessIsSeen() async throws {
        try await withTemporaryFolder { folder in
            await (try self.open(folder)).close()
            let holder = Process()
            let output = Pipe()
            holder.executableURL = URL(fileURLWithPath: "/bin/sh")
            // Holds the lock until its standard input ends.
            holder.arguments = [
                "-c", "exec 9<>\"$0\"; flock 9; echo 'process 7 (other)' >\"$0\"; echo held; read -r _",
                folder.file("school.sqlite.lock"),
            ]
            let input = Pipe()
            holder.standardInput = input
            holder.standardOutput = output
            try holder.run()
            #expect(String(decoding: output.fileHandleForReading.readData(ofLength: 5), as: UTF8.self) == "held\n")

            let error = #expect(throws: StorageError.self) { try self.open(folder) }
            // Killed, not ended: that is when a lock file with contents stays.
            kill(holder.processIdentifier, SIGKILL)
            holder.waitUntilExit()

            #expect(error?.message.contains("is in use by process 7 (other)") == true)
            await (try self.open(folder)).close()
        }
    }

    @Test func aFolderThatCannotBeMadeIsNamed() throws {
        let error = #expect(throws: StorageError.self) {
            try SQLiteEngine(SQLiteConfiguration(path: "/proc/no/such/place.sqlite"))
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("/proc/no/such") == true)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        try await withTemporaryFolder { folder in
            try folder.write(Array(repeating: 0x41, count: 10_000), to: "school.sqlite")
            let error = #expect(throws: StorageError.self) { try self.open(folder) }

            #expect(error?.code == .unavailable)
            // The lock was given back.
            let again = #expect(throws: StorageError.self) { try self.open(folder) }
            #expect(again?.code == .unavailable)
        }
    }

    @Test func theConnectionIsSetUpAsTheDesignSays() async throws {
        try await withTemporaryFolder { folder in
            let engine = try self.open(folder)
            let settings = try await engine.maintain { connection in
                try ["journal_mode", "synchronous", "foreign_keys", "trusted_schema"].map { name in
                    try connection.rows("PRAGMA \(name)").first?.first ?? nil
                }
            }
            await engine.close()

            #expect(settings == ["wal", "2", "1", "0"])
        }
    }
}
