import AlmanacAssembly
import AlmanacStorage
import Foundation
import Testing

/// The published description of the API: a promise to those who have written against it.
struct OpenAPITests {
    @Test
    func isTheOneThatIsPublished() throws {
        let root = DeploymentFolder.repository
        let published = try #require(FileManager.default.contents(atPath: "\(root)/Host/openapi.json"))
        let blueprint = try Blueprint(
            manifest: "\(root)/plugins.yaml", environment: [:], version: ProgramVersion.current,
            logger: DeploymentFolder.logger)

        let differences = Self.differences(
            try JSON(parsing: Array(published)), try JSON(parsing: try blueprint.openAPI), at: "")

        #expect(
            differences.isEmpty,
            """
            The API is not the one of Host/openapi.json. If the change breaks no client, publish it by
                .build/debug/almanac openapi > Host/openapi.json
            and review the difference.
            \(differences.joined(separator: "\n"))
            """)
    }

    /// Where two documents differ, as JSON Pointers.
    private static func differences(_ published: JSON, _ present: JSON, at pointer: String) -> [String] {
        switch (published, present) {
        case (.object(let old), .object(let new)):
            let names = old.members.map(\.name) + new.members.map(\.name).filter { old[$0] == nil }
            return names.flatMap { name -> [String] in
                let place = "\(pointer)/\(name)"
                switch (old[name], new[name]) {
                case (let old?, let new?): return Self.differences(old, new, at: place)
                case (_?, nil): return ["\(place) is gone"]
                default: return ["\(place) is new"]
                }
            }
        case (.array(let old), .array(let new)) where old.count == new.count:
            return zip(old, new).enumerated().flatMap { index, pair in
                Self.differences(pair.0, pair.1, at: "\(pointer)/\(index)")
            }
        default:
            return published == present ? [] : ["\(pointer): \(published) is now \(present)"]
        }
    }
}
