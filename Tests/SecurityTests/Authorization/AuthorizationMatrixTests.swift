import AlmanacSurface
import AlmanacTestKit
import Bookings
import Foundation
import Messaging
import Testing

/// Everybody against every operation; see `matrix.txt`.
struct AuthorizationMatrixTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let table = Self.folder.appendingPathComponent("matrix.txt").path

    @Test(
        "v5.0.0-8.1.1 v5.0.0-8.2.1 v5.0.0-8.2.2 v5.0.0-8.4.1 everybody may do what the matrix says",
        arguments: TestEngine.allCases)
    func everybodyMayDoWhatTheMatrixSays(_ engine: TestEngine) async throws {
        let found = try await AuthorizationMatrix.whole(on: engine)
        if ProcessInfo.processInfo.environment["ALMANAC_RECORD"] == "matrix", engine == .sqlite {
            try Data(ExpectedMatrix.text(found).utf8).write(to: URL(fileURLWithPath: Self.table))
        }

        let text = String(decoding: FileManager.default.contents(atPath: Self.table) ?? Data(), as: UTF8.self)
        for difference in try ExpectedMatrix(text).differences(from: found) { Issue.record("\(difference)") }
        for fault in found.faults { Issue.record("\(fault)") }
        #expect(found.rows.count > 200)
    }

    @Test("the matrix is about the operations that are published")
    func isAboutWhatIsPublished() async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self, Messaging.self]) { platform in
            let root = (0..<3).reduce(Self.folder) { folder, _ in folder.deletingLastPathComponent() }
            let published = try #require(FileManager.default.contents(atPath: "\(root.path)/Host/openapi.json"))

            let there = try APIDescription(Array(published)).operations.map(\.route)
            let here = try APIDescription(try platform.api().openAPI).operations.map(\.route)

            #expect(Set(there) == Set(here))
        }
    }
}
