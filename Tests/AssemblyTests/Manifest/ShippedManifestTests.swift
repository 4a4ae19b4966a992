import AlmanacAssembly
import Foundation
import Testing

struct ShippedManifestTests {
    @Test(arguments: [
        "plugins.yaml", "Host/Verticals/driving-school/plugins.yaml", "Host/Verticals/clinic/plugins.yaml",
        "Host/Verticals/retreat-centre/plugins.yaml",
    ])
    func isRight(path: String) throws {
        let root = (0..<4).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }

        let manifest = try ManifestFile.load(path: root.appendingPathComponent(path).path, environment: [:])

        let demo = try #require(manifest.demo)
        #expect(FileManager.default.fileExists(atPath: demo))
        #expect(manifest.vocabulary.booking.forms(in: "en") != nil)
    }
}
