import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

struct BlobTests {
    private static func keep(_ blobs: Blobs, _ staged: Blobs.Staged) -> Command<Void, ID<Blob>> {
        Command("kernel.keep", .signedIn) { _, _, tx in
            try blobs.keep(staged, name: "licence.pdf", mediaType: "application/pdf", in: tx).id
        }
    }

    private static func find(_ blobs: Blobs, _ id: ID<Blob>) -> Query<Void, Blob?> {
        Query("kernel.find", .signedIn) { _, _, tx in try blobs.find(id, in: tx) }
    }

    /// Runs `body` with a folder that is gone afterwards.
    private func withBlobs(_ body: (Blobs, String) async throws -> Void) async throws {
        let name = "almanac-blobs-\(UUID().uuidString)"
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(name).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(Blobs(storage: FileBlobStorage(folder: folder)), folder)
    }

    @Test(arguments: TestEngine.allCases)
    func givesBackWhatWasKept(_ engine: TestEngine) async throws {
        try await self.withBlobs { blobs, _ in
            try await withPlatform(engine) { platform in
                let bytes = Array("a licence\0 with any byte".utf8)
                let id = try await platform.run(Self.keep(blobs, try await blobs.stage(bytes)), of: "kernel", ())

                let found = try #require(try await platform.run(Self.find(blobs, id), of: "kernel", ()))
                let loaded = try await blobs.bytes(of: found)

                #expect(found.size == bytes.count)
                #expect(loaded == bytes)
            }
        }
    }

    @Test(arguments: TestEngine.allCases)
    func belongsToOneOrganization(_ engine: TestEngine) async throws {
        try await self.withBlobs { blobs, _ in
            try await withPlatform(engine) { platform in
                let staged = try await blobs.stage([1, 2, 3])
                let id = try await platform.run(Self.keep(blobs, staged), of: "kernel", (), in: .north)

                let elsewhere = try await platform.run(Self.find(blobs, id), of: "kernel", (), in: .south)

                #expect(elsewhere == nil)
            }
        }
    }

    @Test func sameBytesAreStoredOnce() async throws {
        try await self.withBlobs { blobs, folder in
            _ = try await blobs.stage([1, 2, 3])
            _ = try await blobs.stage([1, 2, 3])
            _ = try await blobs.stage([4])

            let entries = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }
            let files = entries?.filter { $0.contains("/") }
            #expect(files?.count == 2)
        }
    }

    @Test func refusesAFileThatIsTooLarge() async throws {
        try await self.withBlobs { blobs, _ in
            let error = await #expect(throws: Refusal.self) {
                try await blobs.stage([UInt8](repeating: 0, count: Blobs.maximumSize + 1))
            }
            #expect(error?.code == "file_too_large")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func noticesDamage(_ engine: TestEngine) async throws {
        try await self.withBlobs { blobs, folder in
            try await withPlatform(engine) { platform in
                let id = try await platform.run(Self.keep(blobs, try await blobs.stage([1, 2, 3])), of: "kernel", ())
                let found = try #require(try await platform.run(Self.find(blobs, id), of: "kernel", ()))
                let name = found.digest.description
                try Data([9, 9, 9]).write(to: URL(fileURLWithPath: "\(folder)/\(name.prefix(2))/\(name)"))

                let error = await #expect(throws: Refusal.self) { try await blobs.bytes(of: found) }
                #expect(error?.code == "file_damaged")
            }
        }
    }
}
