internal import Foundation

/// What a program has left in its folder and in its database: made once in a process, copied for each test.
package struct ProgramTemplate: Sendable {
    /// Tells templates apart.
    private let key: String
    /// The text of the manifest, for the database that is handed over.
    private let manifest: @Sendable (ProgramStorage) -> String
    /// Runs the program until everything is as tests want it, and returns what they need to know of that.
    private let prepare: @Sendable (Program) async throws -> String

    /// Describes a beginning.
    ///
    /// - Parameters:
    ///   - key: Names everything on which the beginning depends; templates with equal keys are one.
    ///   - manifest: The manifest for an empty database.
    ///   - prepare: Runs the program, all processes of which have ended when it returns. What it returns is handed to
    ///     each test.
    package init(
        key: String, manifest: @escaping @Sendable (ProgramStorage) -> String,
        prepare: @escaping @Sendable (Program) async throws -> String
    ) {
        self.key = key
        self.manifest = manifest
        self.prepare = prepare
    }

    /// The beginnings of this process, by key and engine.
    private static let made = TemplateCache<Beginning>()

    /// What is copied.
    private struct Beginning: Sendable {
        /// The files of the folder besides the manifest.
        var files: [File] = []
        /// The database on the server; `nil` where it is among the files.
        var database: String?
        /// What `prepare` has returned.
        var notes = ""
    }

    /// A file as it lay in the folder.
    private struct File: Sendable {
        let name: String
        let bytes: Data
        /// Whether others may read it matters to the program, so a copy has the same permissions.
        let permissions: Int
    }

    /// Runs `body` with a program, the database it was given and the notes; all of it is gone when `body` returns.
    func use<T>(
        _ engine: TestEngine, _ body: (Program, ProgramStorage, String) async throws -> T
    ) async throws -> T {
        try await Gate.programs.pass {
            let beginning = try await Self.made.find("\(engine)\n\(self.key)") {
                try await self.make(engine)
            }
            return try await withTemporaryFolder { folder in
                for file in beginning.files { try Self.write(file, to: folder) }
                guard let source = beginning.database else {
                    return try await body(try self.program(in: folder, .sqlite), .sqlite, beginning.notes)
                }
                return try await Gate.postgres.pass {
                    try await PostgresServer.shared.get().withCopy(of: source) { name in
                        let storage = try ProgramStorage.postgres(name)
                        return try await body(try self.program(in: folder, storage), storage, beginning.notes)
                    }
                }
            }
        }
    }

    private func program(in folder: TemporaryFolder, _ storage: ProgramStorage) throws -> Program {
        try Program(in: folder, manifest: self.manifest(storage), environment: storage.environment)
    }

    private func make(_ engine: TestEngine) async throws -> Beginning {
        try await withTemporaryFolder { folder in
            var beginning = Beginning()
            var storage = ProgramStorage.sqlite
            if engine == .postgres {
                let name = try await PostgresServer.shared.get().makeSource()
                storage = try .postgres(name)
                beginning.database = name
            }
            let program = try self.program(in: folder, storage)
            beginning.notes = try await self.prepare(program)
            beginning.files = try Self.files(in: folder, besides: program.manifest)
            return beginning
        }
    }

    private static func files(in folder: TemporaryFolder, besides manifest: String) throws -> [File] {
        guard let names = FileManager.default.enumerator(atPath: folder.path) else { return [] }
        var files: [File] = []
        for case let name as String in names where folder.file(name) != manifest {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.file(name))
            guard attributes[.type] as? FileAttributeType == .typeRegular else { continue }
            guard let permissions = attributes[.posixPermissions] as? Int else {
                throw TestKitError("\(folder.file(name)) has no permissions")
            }
            files.append(File(name: name, bytes: Data(try folder.read(name)), permissions: permissions))
        }
        return files
    }

    private static func write(_ file: File, to folder: TemporaryFolder) throws {
        let place = URL(fileURLWithPath: folder.file(file.name))
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: file.permissions]
        guard FileManager.default.createFile(atPath: place.path, contents: file.bytes, attributes: attributes) else {
            throw TestKitError("\(place.path) cannot be written: is the disk full?")
        }
    }
}

/// Runs `body` with a program that begins as `template` says.
///
/// - Parameters:
///   - engine: Where its data is.
///   - template: The beginning.
///   - body: The test: it gets the program in a folder of its own, the database that the manifest names, and what the
///     template has to say.
/// - Returns: What `body` returns.
/// - Throws: What `body` throws, or what `prepare` of the template has thrown.
package func withProgram<T>(
    _ engine: TestEngine, from template: ProgramTemplate,
    _ body: (Program, ProgramStorage, String) async throws -> T
) async throws -> T {
    try await template.use(engine, body)
}
