internal import AlmanacStorage

/// Gives each test a SQLite file in a folder of its own.
enum SQLiteHost {
    /// The bytes of filled files, by template.
    private static let templates = TemplateCache<[UInt8]>()

    /// Opens a file.
    ///
    /// A test does not survive a power cut, so nothing waits for the disk.
    static func open(_ path: String, purpose: String) throws -> SQLiteEngine {
        try SQLiteEngine(SQLiteConfiguration(path: path, durability: .normal, readers: 4, purpose: purpose))
    }

    static func withDatabase<T>(
        _ template: DatabaseTemplate, _ body: (TestDatabase) async throws -> T
    ) async throws -> T {
        let content = try await self.templates.find(template.key) { try await self.make(template) }
        return try await withTemporaryFolder { folder in
            let path = content.isEmpty ? folder.file("test.sqlite") : try folder.write(content, to: "test.sqlite")
            let engine = try self.open(path, purpose: "test")
            do {
                let value = try await body(TestDatabase(.sqlite, engine, at: .sqlite(path: path)))
                await engine.close()
                return value
            } catch {
                await engine.close()
                throw error
            }
        }
    }

    private static func make(_ template: DatabaseTemplate) async throws -> [UInt8] {
        guard !template.histories.isEmpty else { return [] }
        return try await withTemporaryFolder { folder in
            let engine = try self.open(folder.file("template.sqlite"), purpose: "template")
            try await template.fill(engine)
            // Closing moves the write-ahead log into the file.
            await engine.close()
            return try folder.read("template.sqlite")
        }
    }
}
