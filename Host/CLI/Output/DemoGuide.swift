internal import AlmanacAssembly
internal import AlmanacStorage

/// What `serve --demo` prints: how to sign in, lines to paste that book something, and where the pages are.
struct DemoGuide: Sendable {
    private let manifest: Manifest
    private let report: SeedReport
    private let tour: DemoTour?

    init(_ manifest: Manifest, _ report: SeedReport, _ tour: DemoTour?) {
        self.manifest = manifest
        self.report = report
        self.tour = tour
    }

    /// The guide for a server at this address.
    func text(at address: String) -> String {
        let accounts = SeedReportView(self.report, vocabulary: self.manifest.vocabulary).accounts
        let pages = ["", "Console:  \(address)/console", "Booking:  \(address)/book"]
        return (["", self.manifest.name, ""] + accounts + self.booking(at: address) + pages).joined(separator: "\n")
    }

    private func booking(at address: String) -> [String] {
        guard let tour = self.tour, let passphrase = tour.account.passphrase else { return [] }
        guard let sample = tour.sample else { return ["", "Nothing is free in the next three weeks."] }
        let credentials: JSON = ["email": .string(tour.account.email), "password": .string(passphrase)]
        let booking: JSON = [
            "eventType": .string(sample.eventType), "provider": .string(sample.provider),
            "start": .string(sample.start),
        ]
        let json = "-H 'Content-Type: application/json'"
        let organization = "-H 'Almanac-Organization: \(self.manifest.organization.slug)'"
        return [
            "", "To book \(sample.name) at \(sample.start) as \(tour.account.email), paste these two lines:", "",
            "TOKEN=$(curl -s \(address)/api/v1/auth/token \(json) \(organization) -d \(Self.quoted(credentials)) "
                + #"| sed 's/.*"accessToken":"\([^"]*\)".*/\1/')"#,
            "curl \(address)/api/v1/bookings \(json) -H \"Authorization: Bearer $TOKEN\" -d \(Self.quoted(booking))",
        ]
    }

    /// A document as one word of a POSIX shell.
    private static func quoted(_ json: JSON) -> String {
        "'" + json.text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
