import AlmanacKernel
import AlmanacSurface
import AlmanacTestKit
import Bookings
import Testing

/// A plugin whose console resource fits nothing.
private struct Unfit: Plugin {
    static let declaration = Declaration(id: "unfit", version: "1.0.0", summary: "Unfit")

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        ConsoleResource("Unfit Name", "{Cusomers}", list: "notices.list")
            .columns("nothing", .instant("madeAt", zone: "nowhere"))
            .filtered(by: "colour").searched(by: "words").named(by: "nickname")
            .shown(by: "notices.reed", ConsolePanel(nil, "price/colour"))
            .created(by: "notices.read", revealing: "key")
            .acting(ConsoleAction("notices.list", "List"))
            .referring(["owner": "nobodies"])
            .hiding("unknown")
        ConsoleResource("lost", "Lost", list: "lost.list")
        ConsoleMenuEntry("Nowhere", to: "nowhere")
        ConsoleMenuEntry("Blue", to: "notices", with: ["colour": "blue"])
        ConsoleChart("Unfit Chart", "{Nobodies}", of: "notices.list").bars(by: "shape", showing: "title")
            .asking(["weather": .day(1)]).beside("lost-things")
        ConsoleChart("nowhere", "Nowhere", of: "notices.read")
    }
}

/// A plugin whose calendars fit nothing.
private struct Untimely: Plugin {
    static let declaration = Declaration(id: "untimely", version: "1.0.0", summary: "Untimely")

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        ConsoleCalendar("notices", "{Nobodies}", of: "notices", from: "earliest", until: "q")
            .showing(
                start: "begins", end: "title", zone: "nowhere", status: "mood", texts: "title", "owner/name"
            )
            .lanes(
                ConsoleLane("nobodies", filter: "who", field: "owner"),
                ConsoleLane("notices", filter: "state", field: "owner/id")
            )
            .deciding("publish", "burn")
            .moving(by: "publish", start: "madeAt", end: "until")
            .background(
                ConsoleBackground(
                    "Blocked", list: "notices.list", text: "why", lane: ("nowhere", "whose"), resource: "nothing"),
                ConsoleBackground("Lost", list: "lost.list")
            )
            .grouped(by: "group")
            .followed(by: "notices.list")
        ConsoleCalendar("Lost Calendar", "Lost", of: "lost", from: "from", until: "to")
        ConsoleCalendar("still", "Still", of: "notices", from: "from", until: "to")
            .moving(by: "hide", start: "start").followed(by: "notices.follow")
    }
}

struct ConsoleModelTests {
    /// What `almanac check` says of calendars that fit nothing: everything, with its place, and no calendar is left.
    @Test func calendarsThatDoNotFitAreNamed() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self, Untimely.self]) { platform in
            let api = try platform.api()
            let problems = try #require(throws: Problems.self) { try api.verifyDescriptions() }
            let found = problems.all.map(\.description).joined(separator: "\n")
            for words in [
                "plugin untimely, console calendar notices: there is no word {Nobodies}",
                "there is a resource of this name",
                "the input of notices.list has no instant earliest", "the input of notices.list has no instant q",
                "its items have no instant begins", "its items have no instant title",
                "its items have no field nowhere",
                "its items have no field mood", "its items have no field owner/name", "its items have no field group",
                "lane: there is no resource nobodies", "lane: the input of notices.list has no array state",
                "lane: its items have no field owner/id", "the resource notices has no action burn",
                "the input of notices.publish has no instant madeAt",
                "the input of notices.publish has no instant until", "the input of notices.list has no date from",
                "the input of notices.list has no date to", "what notices.list lists has no instant start",
                "what notices.list lists has no instant end", "what notices.list lists has no field why",
                "what notices.list lists has no field whose", "background: there is no resource nothing",
                "background: there is no resource nowhere", "background: there is no operation lost.list",
                "notices.list is no live endpoint", "console calendar Lost Calendar", "there is no resource lost",
                "the resource notices has no action hide", "live: there is no operation notices.follow",
            ] { #expect(found.contains(words), "\(words)\n\(found)") }
        }
    }

    @Test func whatDoesNotFitIsSaidAllAtOnceWithItsPlace() async throws {
        try await withPlatform(.sqlite, plugins: [Notices.self, Unfit.self]) { platform in
            let api = try platform.api()
            let problems = try #require(throws: Problems.self) { try api.verifyDescriptions() }
            let found = problems.all.map(\.description).joined(separator: "\n")
            for words in [
                "plugin unfit, console resource Unfit Name", "lower-case letters", "no word {Cusomers}",
                "no field nothing", "there is no field nowhere", "has no field colour", "has no field words",
                "no field nickname", "there is no operation notices.reed", "notices.read is GET, not POST",
                "notices.list is GET, not POST", "a field unknown", "there is no operation lost.list",
                "there is no resource nowhere", "plugin unfit, console chart Unfit Chart", "no word {Nobodies}",
                "group: what it shows has no field shape", "title is neither a number nor money",
                "has no field weather", "there is no resource lost-things", "it is drawn nowhere",
            ] { #expect(found.contains(words), "\(words)\n\(found)") }
        }
    }

    @Test func theProductsOwnContributionsFit() async throws {
        try await withPlatform(.sqlite, plugins: [Bookings.self]) { platform in
            try platform.api().verifyDescriptions()
        }
    }

    @Test func wordsOfTheVocabularyHaveTheirForms() {
        let words = ConsoleVocabulary([
            "customer": ["en": .init(one: "pupil", other: "pupils"), "de": .init(one: "Schüler", other: "Schüler")]
        ])
        let text: ConsoleText = ["en": "{Customers} and a {customer}", "de": "{Customers}"]
        #expect(text.resolved(for: ["en"], words) == "Pupils and a pupil")
        #expect(text.resolved(for: ["de-AT"], words) == "Schüler")
        #expect(text.resolved(for: ["it"], words) == "Pupils and a pupil")
    }
}
