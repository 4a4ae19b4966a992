import AlmanacStorage
import AlmanacTestKit
import Bookings
import BookingsAPI

@testable import AlmanacKernel

extension School {
    /// Adds a calendar of the instructor's and gives its id.
    func addCalendar(
        _ changes: JSONObject = [:], as client: APIClient? = nil, for provider: String? = nil
    ) async throws -> String {
        try await self.tryToAddCalendar(changes, as: client, for: provider).expect(201).id
    }

    func tryToAddCalendar(
        _ changes: JSONObject = [:], as client: APIClient? = nil, for provider: String? = nil
    ) async -> APIAnswer {
        var input: JSONObject = [
            "provider": .string(provider ?? self.first), "kind": "ics",
            "address": "https://calendars.example/private-3f9c/basic.ics",
        ]
        for member in changes.members { input[member.name] = member.value }
        return await (client ?? self.instructor).post("/api/v1/calendar-sources", .object(input))
    }

    /// Runs the jobs that are due.
    func work() async throws { _ = try await self.platform.runtime.scheduler.drain() }

    /// Does one step of background work of the plugin.
    @discardableResult
    func step(_ name: String) async throws -> Bool {
        let works = self.platform.runtime.platform.graph.contributions(of: BackgroundWork.self)
        guard let work = works.first(where: { $0.item.name == name }) else {
            throw TestKitError("there is no background work \(name)")
        }
        return try await work.item.step()
    }

    /// The calendar as the API shows it.
    func calendar(_ id: String, as client: APIClient? = nil) async throws -> JSON {
        try await (client ?? self.instructor).get("/api/v1/calendar-sources/\(id)").expect(200)
    }

    /// The imported claims, by beginning: when they were made, their keys and times.
    func imported() async throws -> [[String]] {
        try await self.platform.database.rows(
            """
            SELECT created_at, external_id, core_start, core_end FROM {bookings.claim} WHERE source LIKE 'calendar:%'
            ORDER BY core_start
            """
        ).map { $0.map { $0 ?? "" } }
    }

    /// The free starts of the instructor on the Tuesday of the tests.
    func tuesdayStarts() async throws -> [String] { try await self.starts(on: "2026-03-03", of: self.first) }
}

/// Runs `body` with a school and what answers at the addresses of its calendars.
func withCalendars<T>(
    _ engine: TestEngine, settings: SettingsNode = [:], poolSize: Int? = nil,
    _ body: (School, ScriptedWeb) async throws -> T
) async throws -> T {
    let web = ScriptedWeb()
    var setup = TestPlatform.Setup()
    setup.web = web
    // Some tests last for weeks.
    setup.sessions = Identity.Policy(accessSeconds: 60 * 86_400)
    if let poolSize { setup.database.poolSize = poolSize }
    return try await withPlatform(
        engine, plugins: [Bookings.self], enabled: [EnabledPlugin(.bookings, settings: settings)], setup: setup
    ) { platform in
        try await body(try await School(platform, lesson: School.lesson), web)
    }
}
