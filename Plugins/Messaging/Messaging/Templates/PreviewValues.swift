internal import AlmanacKernel
internal import AlmanacStorage
internal import MessagingAPI

/// A booking that is made up, for those who write texts; its names are nobody's, and show what escaping does.
enum PreviewValues {
    static func values(_ key: TemplateKey, in locale: String) -> [Placeholder: String] {
        let start = Instant(seconds: 1_893_492_000)  // 2030-01-01T10:00:00Z
        func moment(_ instant: Instant) -> LocalMoment { LocalMoment(instant, in: .utc, locale: locale) }
        var values: [Placeholder: String] = [
            .recipient: key.audience == .customer ? "Alex Doe" : "Robin Roe", .customer: "Alex Doe",
            .provider: "Robin Roe", .eventType: "A & B", .organization: "Example & Co.", .number: "B-00000-00000",
            .start: moment(start).dateAndTime, .date: moment(start).date, .time: moment(start).time,
            .endTime: moment(start.adding(minutes: 60)).time, .timeZone: "UTC", .count: "4",
            .place: "Main Street 1, Example Town",
        ]
        if key.type == .bookingRescheduled {
            values[.previousStart] = moment(start.adding(minutes: -1_440)).dateAndTime
        }
        if key.type == .waitlistOffered {
            values[.expiry] = moment(start.adding(minutes: -1_440)).dateAndTime
        }
        if key.type.leavesChoice, key.audience == .customer {
            values[.link] = "https://example.org/book/\(key.type == .waitlistOffered ? "waitlist" : "manage")"
        }
        return values
    }
}
