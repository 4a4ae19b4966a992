import AlmanacStorage
import AlmanacTestKit
import Testing

/// A school with room for tens of thousands of bookings, where people are told in their inboxes at once.
enum BusySchool {
    /// Further sections of the manifest; its messages go to inboxes only, as no mail server is named.
    static let plugins = "messaging: {graceMinutes: 0}"

    static let files: [String: String] = {
        let providers = (1...8).map { "p\($0)" }
        var files = School.files
        files["providers.csv"] =
            "external_id,given_name,family_name,email,phone,time_zone\n"
            + providers.map { "\($0),Pia,\($0),\($0)@school.example.org,,Europe/Berlin\n" }.joined()
        files["weekly_rules.csv"] =
            "provider,weekday,start,end\n"
            + providers.flatMap { provider in (1...7).map { "\(provider),\($0),00:00,24:00\n" } }.joined()
        files["event_types.csv"] = """
            external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,\
            buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers
            lesson,lesson,Fahrstunde,30,6500,EUR,0,0,0,365,30,\(providers.joined(separator: " "))

            """
        files["accounts.csv"] = """
            email,role,person,given_name,family_name
            office@school.example.org,admin,,Olga,Otto
            clara@example.org,customer,C1,,

            """
        return files
    }()
}

extension SchoolServer {
    /// A load on a busy school, from two days on.
    func load() async throws -> BookingLoad {
        let token = try await self.token()
        let lesson = try await self.lesson(token)
        let answer = try await self.client.get("/api/v1/providers", token: token)
        let providers = try #require(answer.json()["items"]?.array, "\(answer)").compactMap { $0["id"]?.string }
        try #require(providers.count == 8)
        let today = SystemClock().now.seconds / 86_400
        return BookingLoad(
            lesson: lesson, providers: providers, from: Instant(seconds: (today + 2) * 86_400), token: token)
    }
}
