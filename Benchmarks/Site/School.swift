internal import AlmanacStorage
internal import Foundation

/// The school that is measured on, as CSV files for `almanac seed --from`.
///
/// Two hundred providers who work round the clock, so that every client can book slots of its own for as long as it
/// likes, one with ordinary hours, and a team of fifty with such hours.
enum School {
    /// The slug of what can be booked round the clock.
    static let quarterHour = "quarter-hour"
    /// The slug of what can be booked at ordinary hours.
    static let lesson = "bench-lesson"
    /// The slug of what the whole team gives.
    static let teamLesson = "team-lesson"
    static let password = "only for measuring: 26 candles"
    static let accounts = (1...16).map { "student-\($0)@example.org" }

    private static let providerCount = 200
    private static let instructor = "instructor"
    private static let providers = (1...Self.providerCount).map { "provider-\($0)" }
    private static let team = (1...50).map { "team-\($0)" }

    /// Names and contents of the files.
    static var files: [(name: String, text: String)] {
        [
            ("providers.csv", Self.providerFile), ("weekly_rules.csv", Self.ruleFile),
            ("event_types.csv", Self.eventTypeFile), ("customers.csv", Self.customerFile),
            ("blocked_times.csv", Self.blockFile),
        ]
    }

    private static var providerFile: String {
        let rows = (Self.providers + [Self.instructor] + Self.team).enumerated().map { index, id in
            "\(id),Robin,Example \(index),\(id)@example.org,+4930231250\(10 + index),Europe/Berlin"
        }
        return Self.file("external_id,given_name,family_name,email,phone,time_zone", rows)
    }

    private static var ruleFile: String {
        let always = Self.providers.flatMap { id in (1...7).map { "\(id),\($0),00:00,24:00" } }
        let ordinary = ([Self.instructor] + Self.team).flatMap { id in
            (1...5).flatMap { ["\(id),\($0),08:00,12:00", "\(id),\($0),13:00,17:00"] }
        }
        return Self.file("provider,weekday,start,end", always + ordinary)
    }

    private static var eventTypeFile: String {
        let header = """
            external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,\
            buffer_after_minutes,minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers
            """
        let (everybody, team) = (Self.providers.joined(separator: " "), Self.team.joined(separator: " "))
        return Self.file(
            header,
            [
                "bench-quarter,\(Self.quarterHour),Quarter of an hour,15,2500,EUR,0,0,0,365,15,\(everybody)",
                "bench-lesson,\(Self.lesson),Lesson,45,6500,EUR,0,15,0,365,15,\(Self.instructor)",
                "bench-team,\(Self.teamLesson),Lesson of the team,45,6500,EUR,0,15,0,365,15,\(team)",
            ])
    }

    /// Four blocked times on each date of the next six weeks, for each of the team others: what bookings would take, but
    /// nobody is told of them.
    private static var blockFile: String {
        let today = LocalDate(daysSinceEpoch: Int(Date().timeIntervalSince1970) / 86_400)
        let rows = Self.team.enumerated().flatMap { number, id in
            (0..<42).flatMap { day in
                [8, 10, 13, 15].map { hour in
                    let date = today.adding(days: day)
                    let minute = (day + number) % 4 * 15
                    let (start, end) = (Self.time(hour * 60 + minute), Self.time(hour * 60 + minute + 60))
                    return "\(id)-\(day)-\(hour),\(id),\(date)T\(start):00+01:00,\(date)T\(end):00+01:00,Lesson"
                }
            }
        }
        return Self.file("external_id,provider,start,end,reason", rows)
    }

    private static func time(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
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
