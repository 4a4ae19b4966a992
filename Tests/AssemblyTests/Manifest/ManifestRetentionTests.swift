import AlmanacAssembly
import AlmanacKernel
import Testing

struct ManifestRetentionTests {
    private static func retention(_ rest: String) throws -> RetentionSettings {
        try ManifestFolder(["plugins.yaml": ManifestText.complete(rest)]).load().retention
    }

    private static func problems(_ rest: String) throws -> [String] {
        try ManifestFolder(["plugins.yaml": ManifestText.complete(rest)]).complaints()
    }

    @Test(arguments: ["", "retention: {}\n", "retention:\n", "retention: {tables: {}}\n"])
    func isAsPluginsDeclareUnlessStated(rest: String) throws {
        #expect(try Self.retention(rest) == RetentionSettings())
        #expect(RetentionSettings().eventDays == 30)
    }

    @Test func isWhatIsStated() throws {
        let retention = try Self.retention(
            """
            retention:
              eventDays: 7
              tables:
                messaging.message: {days: 30, archiveDays: 0}
            """)

        #expect(retention.eventDays == 7)
        #expect(retention.tables == ["messaging.message": .init(days: 30, archiveDays: 0)])
    }

    @Test func namesOnlyWhatIsKeptForATime() throws {
        let wrong = try Self.problems("retention: {tables: {messaging.mesage: {days: 30}}}\n")
        let outside = try Self.problems("retention: {eventDays: 0, tables: {messaging.message: {days: 36601}}}\n")

        #expect(wrong.count == 1)
        #expect(wrong.first?.contains("did you mean messaging.message?") == true, "\(wrong)")
        #expect(outside.count == 2, "\(outside)")
    }
}
