import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Synchronization
import Testing

@testable import Bookings

/// Which servers are asked for calendars, and whom they are told the password.
struct CalendarSearchTests {
    /// Answers by address, and notes who was told a password.
    private final class Web: WebTransport {
        private let answers: [String: (status: Int, body: String)]
        private let asked = Mutex<[String]>([])

        init(_ answers: [String: (status: Int, body: String)]) { self.answers = answers }

        var told: [String] { self.asked.withLock { $0 } }

        func send(_ request: WebRequest) async throws -> WebAnswer {
            if request.credentials != nil { self.asked.withLock { $0.append(request.address.text) } }
            let answer = self.answers[request.address.text]
            return WebAnswer(status: answer?.status ?? 404, body: Array((answer?.body ?? "").utf8))
        }
    }

    private static func multistatus(_ href: String, _ properties: String) -> (status: Int, body: String) {
        (
            207,
            """
            <?xml version="1.0"?><d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:response>
            <d:href>\(href)</d:href><d:propstat><d:prop>\(properties)</d:prop><d:status>HTTP/1.1 200 OK</d:status>
            </d:propstat><d:propstat><d:prop><d:displayname>no</d:displayname></d:prop>
            <d:status>HTTP/1.1 404 Not Found</d:status></d:propstat></d:response></d:multistatus>
            """
        )
    }

    private static let principal = "<d:current-user-principal><d:href>/p/anna/</d:href></d:current-user-principal>"
    private static let calendar = """
        <d:resourcetype><d:collection/><c:calendar/></d:resourcetype><d:displayname>Arbeit</d:displayname>
        <c:supported-calendar-component-set><c:comp name='VEVENT'/></c:supported-calendar-component-set>
        """

    private func search(
        _ answers: [String: (status: Int, body: String)], _ address: String
    ) async throws -> (
        CalendarSearch.Outcome, [String]
    ) {
        let web = Web(answers)
        let start = try #require(CalendarSearch.address(address))
        let outcome = try await CalendarSearch(web: web).run(
            start, WebRequest.Credentials(name: "anna", password: "geheim"))
        return (outcome, web.told)
    }

    private func answers(home: String, calendar: String) -> [String: (status: Int, body: String)] {
        [
            "https://dav.example.org/.well-known/caldav": Self.multistatus("/", Self.principal),
            "https://dav.example.org/p/anna/": Self.multistatus(
                "/p/anna/", "<c:calendar-home-set><d:href>\(home)</d:href></c:calendar-home-set>"),
            calendar: Self.multistatus("/c/work/", Self.calendar),
        ]
    }

    @Test func fromAHostOrAMailAddressOneComesToTheCalendars() async throws {
        let answers = self.answers(home: "/c/", calendar: "https://dav.example.org/c/")
        for address in ["dav.example.org", "anna@dav.example.org", "https://dav.example.org/"] {
            let (outcome, told) = try await self.search(answers, address)
            #expect(
                outcome == .found([CalendarSearch.Found(address: "https://dav.example.org/c/work/", name: "Arbeit")]))
            #expect(told.count == 3)
        }
    }

    @Test func anotherHostOfTheSameDomainIsTrustedAndNoOther() async throws {
        let near = self.answers(home: "https://p42.example.org/c/", calendar: "https://p42.example.org/c/")
        let (found, _) = try await self.search(near, "dav.example.org")
        #expect(found == .found([CalendarSearch.Found(address: "https://p42.example.org/c/work/", name: "Arbeit")]))
        for home in ["https://evil.example/c/", "http://p42.example.org/c/", "https://notexample.org/c/"] {
            let (outcome, told) = try await self.search(self.answers(home: home, calendar: home), "dav.example.org")
            guard case .failed("elsewhere", _) = outcome else {
                Issue.record("\(home): \(outcome)")
                continue
            }
            #expect(!told.contains(home))
        }
    }

    @Test func aWrongPasswordIsTriedOnce() async throws {
        let answers = ["https://dav.example.org/.well-known/caldav": (status: 401, body: "")]
        let (outcome, told) = try await self.search(answers, "dav.example.org")
        guard case .failed("unauthorized", _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(told.count == 1)
    }

    @Test func whatIsNoCalendarServerIsTold() async throws {
        let (outcome, _) = try await self.search([:], "example.org")
        guard case .failed("not_found", _) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let broken = ["https://example.org/.well-known/caldav": (status: 207, body: "<html><body></body></html>")]
        let (other, _) = try await self.search(broken, "example.org")
        guard case .failed(CalendarFault.notCalendar.code, _) = other else {
            Issue.record("\(other)")
            return
        }
    }

    @Test(arguments: ["", "://", "anna@", "https://", "ftp://example.org/"])
    func whatIsNoServerIsRefused(_ text: String) {
        #expect(CalendarSearch.address(text) == nil)
    }
}
