/// The school that is measured on, as CSV files for `almanac seed --from`.
///
/// Two hundred providers who work round the clock, so that every client can book slots of its own for as long as it
/// likes, and one with ordinary hours.
enum School {
    /// The slug of what can be booked round the clock.
    static let quarterHour = "quarter-hour"
    /// The slug of what can be booked at ordinary hours.
    static let lesson = "bench-lesson"
    static let password = "only for measuring: 26 candles"
    static let accounts = (1...16).map { "student-\($0)@example.org" }

    private static let providerCount = 200
    private static let instructor = "instructor"
    private static let providers = (1...Self.providerCount).map { "provider-\($0)" }

    /// Names and contents of the files.
    static var files: [(name: String, text: String)] {
        [
            ("providers.csv", Self.providerFile), ("weekly_rules.csv", Self.ruleFile),
            ("event_types.csv", Self.eventTypeFile), ("customers.csv", Self.customerFile),
        ]
    }

    private static var providerFile: String {
        let rows = (Self.providers + [Self.instructor]).enumerated().map { index, id in
            "\(id),Robin,Example \(index),\(id)@example.org,+4930231250\(10 + index),Europe/Berlin"
        }
        return Self.file("external_id,given_name,family_name,email,phone,time_zone", rows)
    }

    private static var ruleFile: String {
        let always = Self.providers.flatMap { id in (1...7).map { "\(id),\($0),00:00,24:00" } }
        let ordinary = (1...5).flatMap {
            ["\(Self.instructor),\($0),08:00,12:00", "\(Self.instructor),\($0),13:00,17:00"]
        }
        return Self.file("provider,weekday,start,end", always + ordinary)
    }

    private static var eventTypeFile: String {
        let header = """
            external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,\
            buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers
            """
        let everybody = Self.providers.joined(separator: " ")
        return Self.file(
            header,
            [
                "bench-quarter,\(Self.quarterHour),Quarter of an hour,15,2500,EUR,0,0,0,365,15,\(everybody)",
                "bench-lesson,\(Self.lesson),Lesson,45,6500,EUR,0,15,0,365,15,\(Self.instructor)",
            ])
    }

    private static var customerFile: String {
        let rows = Self.accounts.enumerated().map { index, email in
            "student-\(index + 1),Sam,Example \(index + 1),\(email),+4930231252\(10 + index),de"
        }
        return Self.file("external_id,given_name,family_name,email,phone,locale", rows)
    }

    private static func file(_ header: String, _ rows: [String]) -> String {
        ([header] + rows).joined(separator: "\n") + "\n"
    }
}
