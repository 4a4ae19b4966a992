import AlmanacStorage
import AlmanacTestKit

@testable import AlmanacKernel

/// A plugin that leaves some of its settings to the organizations.
struct Clinic: Plugin {
    static let id: PluginID = "clinic"

    enum Tone: String, CaseIterable, SettingValue { case warm, plain }

    struct Settings: PluginSettings {
        let rooms: Int
        let house: House

        init(from read: inout SettingsReader) throws {
            self.rooms = read("rooms", "Rooms of the house", default: 3)
            self.house = try read.group("house", "What every house decides for itself")
        }
    }

    struct House: PluginSettings, Equatable {
        let noticeMinutes: Int
        let windowMinutes: Int
        let tone: Tone
        let greeting: String?
        let isOpen: Bool

        init(from read: inout SettingsReader) throws {
            self.noticeMinutes = read("noticeMinutes", "Minutes of notice", in: 0...100, default: 5)
            self.windowMinutes = read("windowMinutes", "Minutes that can be booked", in: 1...1_000, default: 60)
            self.tone = read("tone", "How patients are spoken to", default: .plain)
            self.greeting = read.optional("greeting", "What is said first")
            self.isOpen = read("isOpen", "Whether new patients are taken", default: true)
            read.check("noticeMinutes", "must be less than windowMinutes", self.noticeMinutes < self.windowMinutes)
        }
    }

    static let declaration = Declaration(id: Self.id, version: "1.0.0", summary: "A clinic")

    init(settings: Settings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        OrganizationSettings(House.self, in: "house")
    }

    /// What holds in an organization, as a request would find it.
    static func house(_ platform: TestPlatform, in place: TestPlace = .north) async throws -> House {
        try await Self.house(platform.runtime, try platform.organization(place).id)
    }

    static func house(_ runtime: Runtime, _ organization: OrganizationID) async throws -> House {
        let choices = runtime.choices
        return try await runtime.database.read(in: .organization(organization)) { tx in
            try CurrentSettings<House>(of: Self.id, choices)(in: tx)
        }
    }
}
