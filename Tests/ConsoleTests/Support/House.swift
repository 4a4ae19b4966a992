import AlmanacKernel
import AlmanacSurface
import AlmanacTestKit

/// A plugin that leaves settings of every kind to the organizations.
struct House: Plugin {
    static let id: PluginID = "house"

    enum Tone: String, CaseIterable, SettingValue { case warm, plain }

    struct Settings: PluginSettings {
        let rules: Rules

        init(from read: inout SettingsReader) throws {
            self.rules = try read.group("rules", "What every house decides for itself")
        }
    }

    struct Rules: PluginSettings {
        let noticeMinutes: Int
        let windowMinutes: Int
        let tone: Tone
        let greeting: String?
        let isOpen: Bool

        init(from read: inout SettingsReader) throws {
            self.noticeMinutes = read("noticeMinutes", "Minutes of notice", in: 0...100, default: 5)
            self.windowMinutes = read("windowMinutes", "Minutes that can be booked", in: 1...1_000, default: 60)
            self.tone = read("tone", "How guests are spoken to", default: .plain)
            self.greeting = read.optional("greeting", "What is said first")
            self.isOpen = read("isOpen", "Whether new guests are taken", default: true)
            read.check("noticeMinutes", "must be less than windowMinutes", self.noticeMinutes < self.windowMinutes)
        }
    }

    static let declaration = Declaration(id: Self.id, version: "1.0.0", summary: "A house")

    /// Switched on by a manifest that says one thing and locks another.
    static let enabled = EnabledPlugin(
        Self.id,
        settings: SettingsNode(
            .mapping([
                SettingsNode.Entry(
                    "rules", at: Self.place(3),
                    SettingsNode(
                        .mapping([
                            SettingsNode.Entry(
                                "noticeMinutes", at: Self.place(4), SettingsNode(7, at: Self.place(4))),
                            SettingsNode.Entry("windowMinutes", at: Self.place(5), SettingsNode(90, at: Self.place(5))),
                        ]), at: Self.place(4)))
            ]), at: Self.place(2)), locked: [LockedSetting("windowMinutes", at: Self.place(9))])

    private static func place(_ line: Int) -> SourcePosition {
        SourcePosition(file: "conf/plugins.yaml", line: line, column: 1)
    }

    init(settings: Settings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions { OrganizationSettings(Rules.self, in: "rules") }
}

extension SettingsNode {
    fileprivate init(_ number: Int, at position: SourcePosition) {
        self.init(.scalar(Scalar("\(number)")), at: position)
    }
}

extension TestPlatform {
    /// Makes it a deployment of one organization.
    func leaveOneOrganization() async throws {
        let table = self.engine == .postgres ? "kernel.organization" : "kernel_organization"
        try await self.database.run("DELETE FROM \(table) WHERE slug = 'south'")
        _ = try await self.runtime.organizations.check()
    }
}
