import AlmanacKernel
import AlmanacStorage
import Testing

struct SettingsReaderTests {
    private let complete: SettingsNode = [
        "slotMinutes": 20, "rounding": "down", "opens": "09:30", "closes": "24:00", "timeZone": "UTC",
        "factor": 1.5, "holiday": "2026-07-16", "calendarKey": .reference("hunter2"),
        "waitlist": ["enabled": true, "places": 3], "mailbox": [:], "languages": ["de", "tr"],
        "rules": [["day": "Mon", "from": "08:00"]], "rooms": ["B 1": ["places": 2], "A 2": nil],
    ]

    @Test func readsEveryKindOfField() throws {
        let settings = try SchoolSettings.read(self.complete)

        #expect(settings.slotMinutes == 20)
        #expect(settings.rounding == .down)
        #expect(settings.opens.description == "09:30")
        #expect(settings.closes == .endOfDay)
        #expect(settings.timeZone == .utc)
        #expect(settings.factor == 1.5)
        #expect(settings.holiday?.description == "2026-07-16")
        #expect(settings.calendarKey == Secret("hunter2"))
        #expect(settings.waitlist.isEnabled && settings.waitlist.places == 3)
        #expect(settings.mailbox?.places == 10)
        #expect(settings.languages == ["de", "tr"])
        #expect(settings.rules.map(\.day) == ["Mon"])
        #expect(settings.rooms.map(\.name) == ["B 1", "A 2"])
        #expect(settings.rooms.map(\.value.places) == [2, 10])
    }

    @Test func usesDefaultsForWhatIsLeftOut() throws {
        let settings = try SchoolSettings.read(["timeZone": "UTC"])

        #expect(settings.slotMinutes == 15)
        #expect(settings.rounding == .up)
        #expect(settings.factor == nil)
        #expect(settings.calendarKey == nil)
        #expect(!settings.waitlist.isEnabled)
        #expect(settings.mailbox == nil)
        #expect(settings.languages == ["de"])
        #expect(settings.rules.isEmpty && settings.rooms.isEmpty)
    }

    @Test(
        arguments: [
            (["slotMinuts": 20], ["unknown key school.slotMinuts; did you mean slotMinutes?"]),
            (["slot_minutes": 20], ["unknown key school.slot_minutes; did you mean slotMinutes?"]),
            (["colour": 20], ["unknown key school.colour"]),
            (
                ["slot minutes": 1, "": 2],
                [
                    "unknown key school.\"slot minutes\"; did you mean slotMinutes?", "unknown key school.\"\"",
                ]
            ),
            (["slotMinutes": 4], ["school.slotMinutes: 4 is outside 5…240"]),
            (
                ["slotMinutes": "20"],
                [#"school.slotMinutes: expected a whole number, got the text "20"; remove the quotes"#]
            ),
            (["slotMinutes": 1.5], [#"school.slotMinutes: expected a whole number, got "1.5""#]),
            (["slotMinutes": [20]], ["school.slotMinutes: expected a whole number, got a list"]),
            (["slotMinutes": ["of": 20]], ["school.slotMinutes: expected a whole number, got a mapping"]),
            (["slotMinutes": nil], ["school.slotMinutes has no value; leave the key out if 15 is right"]),
            (["factor": 9], ["school.factor: 9 is outside 0.5…4.0"]),
            (["holiday": "2026-02-30"], [#"school.holiday: expected a date such as 2026-03-01, got "2026-02-30""#]),
            (["opens": "25:00"], [#"school.opens: expected a time of day such as 09:30, got "25:00""#]),
            (
                ["rounding": "upp"],
                [#"school.rounding: expected one of up, down, nearest, got "upp"; did you mean up?"#]
            ),
            (["waitlist": "yes"], [#"school.waitlist: expected a mapping, got "yes""#]),
            (
                ["waitlist": ["places": 0, "enabld": true]],
                [
                    "school.waitlist.places: 0 is outside 1…100",
                    "unknown key school.waitlist.enabld; did you mean enabled?",
                ]
            ),
            (["languages": []], ["school.languages has 0 elements, allowed are 1...3"]),
            (
                ["languages": ["de", ["tr"], nil]],
                [
                    "school.languages[1]: expected text, got a list", "school.languages[2] has no value",
                ]
            ),
            (["languages": "de"], [#"school.languages: expected a list, got "de""#]),
            (
                ["rules": [["day": "Mon"], "Tue"]],
                [
                    "school.rules[0].from is missing (When it begins)",
                    #"school.rules[1]: expected a mapping, got "Tue""#,
                ]
            ),
            (["rooms": ["B 1": ["places": 0]]], [#"school.rooms."B 1".places: 0 is outside 1…100"#]),
            (["opens": "18:00", "closes": "09:00"], ["school.closes must be later than opens"]),
            (
                ["calendarKey": "hunter2"],
                [
                    "school.calendarKey is a secret and must not stand in the manifest; write ${env:NAME} or ${file:PATH}"
                ]
            ),
            (["calendarKey": .reference("")], ["school.calendarKey: ${env:NAME} stands for nothing"]),
            (
                ["slotMinutes": 20, "slotMinutes": 30],
                [
                    "school.slotMinutes stands twice, first at settings in code; remove one"
                ]
            ),
        ] as [(SettingsNode, [String])])
    func namesWhatIsWrong(settings: SettingsNode, complaints: [String]) {
        var entries = settings.entries ?? []
        entries.append(.init("timeZone", "UTC"))

        let found = SchoolSettings.complaints(SettingsNode(.mapping(entries)))

        #expect(found == complaints.map { "settings in code: \($0)" })
    }

    @Test func reportsEverythingAtOnceInTheOrderOfTheFile() {
        func at(_ line: Int, _ column: Int = 3) -> SourcePosition {
            SourcePosition(file: "plugins.yaml", line: line, column: column)
        }
        let node = SettingsNode(
            .mapping([
                .init("slotMinuts", at: at(2), SettingsNode(.scalar(.init("20")), at: at(2, 15))),
                .init("rounding", at: at(3), SettingsNode(.scalar(.init("sideways")), at: at(3, 13))),
            ]), at: at(2))

        let error = #expect(throws: Problems.self) { try SchoolSettings.read(node, path: "school", at: at(1, 1)) }

        #expect(
            error?.description == """
                plugins.yaml:1:1: school.timeZone is missing (Time zone of the school)
                plugins.yaml:2:3: unknown key school.slotMinuts; did you mean slotMinutes?
                plugins.yaml:3:13: school.rounding: expected one of up, down, nearest, got "sideways"
                """)
    }

    @Test(arguments: [
        ("yes", "; write true"), ("on", "; write true"), ("True", "; write true"), ("no", "; write false"),
        ("off", "; write false"), ("1", ""),
    ])
    func acceptsOnlyTrueAndFalse(written: String, advice: String) {
        let node = SettingsNode(.mapping([.init("enabled", SettingsNode(.scalar(.init(written))))]))

        let found = SchoolSettings.Waitlist.complaints(node)

        #expect(found == ["settings in code: school.enabled: expected true or false, got \"\(written)\"\(advice)"])
    }

    @Test func asksNoRuleAcrossFieldsWhereAFieldIsWrong() {
        let found = SchoolSettings.complaints(["timeZone": "UTC", "opens": "late", "closes": "00:00"])

        #expect(found.count == 1)
    }

    @Test func saysNothingMoreAboutAReferenceThatLeadsNowhere() throws {
        let dead = SettingsNode(.scalar(.init("", written: "${env:X}", origin: .unresolved)))

        let (_, problems) = SchoolSettings.examine([
            "timeZone": dead, "slotMinutes": dead, "calendarKey": dead, "opens": dead, "closes": "00:00",
            "languages": dead, "rules": [["day": dead, "from": "08:00"], dead], "waitlist": dead, "rooms": dead,
        ])

        #expect(problems.isEmpty)
    }

    @Test func keysOfEqualAppearanceAreDifferentKeys() {
        // The Kelvin sign is canonically equivalent to K, and a `String` compares as equal to it.
        let found = KeyedSettings.complaints(["K": 1, "\u{212A}": 2])

        #expect(found.count == 1)
        #expect(found.first?.contains("unknown key") == true)
    }

    @Test func refusesKeysWhereThereAreNoSettings() {
        #expect(NoSettings.complaints(["colour": "red"]) == ["settings in code: unknown key school.colour"])
        #expect(NoSettings.complaints(nil).isEmpty)
    }

    @Test func keepsWhatWasFoundWhenAnInitializerThrows() {
        let found = ThrowingSettings.complaints(["inner": ["size": "x", "count": -1]])

        #expect(
            found == [
                #"settings in code: school.inner.size: expected a whole number, got the text "x"; remove the quotes"#,
                "plugins.yaml:1:1: school: OutOfOrder()",
            ])
    }
}

struct SettingsVariantTests {
    @Test func readsTheFieldsOfTheChosenVariant() throws {
        #expect(try GatewaySettings.read(["kind": "invoice", "dueDays": 30]) == .invoice(dueDays: 30))
        #expect(try GatewaySettings.read(["kind": "card", "apiKey": .reference("k")]) == .card(key: Secret("k")))
        #expect(try GatewaySettings.read([:]) == .invoice(dueDays: 14))
    }

    @Test(
        arguments: [
            (["kind": "card"], ["plugins.yaml:1:1: school.apiKey is missing (Key of the gateway)"]),
            (
                ["kind": "invoice", "apiKey": .reference("k")],
                ["settings in code: school.apiKey belongs to kind: card"]
            ),
            (
                ["kind": "card", "apiKey": .reference("k"), "dueDays": 3],
                [
                    "settings in code: school.dueDays belongs to kind: invoice"
                ]
            ),
            (["kind": "invoice", "dueDay": 3], ["settings in code: unknown key school.dueDay; did you mean dueDays?"]),
            (
                ["kind": "crad", "apiKey": "x"],
                [
                    #"settings in code: school.kind: expected one of invoice, card, got "crad"; did you mean card?"#
                ]
            ),
        ] as [(SettingsNode, [String])])
    func namesFieldsOfTheWrongVariant(settings: SettingsNode, complaints: [String]) {
        #expect(GatewaySettings.complaints(settings) == complaints)
    }
}

private struct KeyedSettings: PluginSettings {
    init(from read: inout SettingsReader) throws {
        let _: Int? = read.optional("K", "A number")
    }
}

private struct OutOfOrder: Error {}

private struct ThrowingSettings: PluginSettings {
    struct Inner: PluginSettings {
        init(from read: inout SettingsReader) throws {
            let _: Int = read("size", "A number")
            let count: Int = read("count", "Another number")
            if count < 0 { throw OutOfOrder() }
        }
    }

    init(from read: inout SettingsReader) throws {
        let _: Inner = try read.group("inner", "The group")
    }
}
