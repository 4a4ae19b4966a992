import AlmanacFetching
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Fetching from a real server, and from where nobody may be led.
@Suite(.enabled(if: Counterpart.isAvailable))
struct GuardedFetcherTests {
    private func fetcher(_ seconds: Int = 30) throws -> GuardedFetcher {
        GuardedFetcher(rule: try Servers.loopback(), deadline: .seconds(seconds))
    }

    private func failure(
        _ request: WebRequest, by fetcher: GuardedFetcher
    ) async throws -> WebFailure {
        let failure = await #expect(throws: WebFailure.self) { _ = try await fetcher.send(request) }
        return try #require(failure)
    }

    @Test func whatIsThereIsFetched() async throws {
        try await Servers.withWeb { server in
            let first = try await self.fetcher().send(WebRequest(.get, try server.address("/calendar")))
            let tag = try #require(first.header("etag"))
            let second = try await self.fetcher().send(
                WebRequest(.get, try server.address("/calendar"), headers: [("If-None-Match", tag)]))
            let gone = try await self.fetcher().send(WebRequest(.get, try server.address("/status/410")))

            #expect(first.status == 200 && first.body.starts(with: "BEGIN:VCALENDAR".utf8))
            #expect(first.header("content-type") == "text/calendar")
            #expect(second.status == 304 && second.body.isEmpty)
            #expect(gone.status == 410)
        }
    }

    // MARK: Where nobody may be led

    /// By number, by name, and in the spellings of numbers that resolvers understand.
    @Test(arguments: [
        "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0.0.0.0", "[::1]", "[::ffff:127.0.0.1]",
    ])
    func thisMachineIsNotReachedForStrangers(_ host: String) async throws {
        try await Servers.withWeb { server in
            let address = try server.address("/calendar", host: host)
            let failure = try await self.failure(WebRequest(.get, address), by: GuardedFetcher())
            #expect(failure.code == .addressRefused || failure.code == .unreachable)
            #expect(server.paths == [])
        }
    }

    @Test(arguments: ["127.0.0.1", "localhost", "127.1"])
    func thisMachineIsRefusedAndNotMerelyAway(_ host: String) async throws {
        try await Servers.withWeb { server in
            let address = try server.address("/calendar", host: host)
            #expect(try await self.failure(WebRequest(.get, address), by: GuardedFetcher()).code == .addressRefused)
        }
    }

    /// The first server is the operator's own, where it leads is not.
    @Test(arguments: ["http://192.168.7.7/", "http://169.254.169.254/latest/meta-data/", "http://[fe80::1]/"])
    func redirectsAreLookedAtToo(_ target: String) async throws {
        try await Servers.withWeb { server in
            let address = try server.address("/to?where=\(target)")
            let failure = try await self.failure(WebRequest(.get, address), by: self.fetcher())
            #expect(failure.code == .addressRefused)
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "http://a:b@127.0.0.1/", "//"])
    func redirectsToOtherSchemesAreRefused(_ target: String) async throws {
        try await Servers.withWeb { server in
            let address = try server.address("/to?where=\(target)")
            let failure = try await self.failure(WebRequest(.get, address), by: self.fetcher())
            #expect(failure.code == .addressRefused)
            #expect(!failure.description.contains("where"))
        }
    }

    @Test(arguments: [301, 302, 303, 307, 308])
    func redirectsAreFollowed(_ status: Int) async throws {
        try await Servers.withWeb { server in
            let address = try server.address("/to?status=\(status)&where=/calendar")
            let answer = try await self.fetcher().send(WebRequest(.get, address))
            #expect(answer.status == 200)
            #expect(server.paths == ["/to", "/calendar"])
        }
    }

    @Test func redirectsEnd() async throws {
        try await Servers.withWeb { server in
            let failure = try await self.failure(
                WebRequest(.get, try server.address("/around")), by: self.fetcher())
            #expect(failure.code == .tooManyRedirects)
            #expect(server.paths.count == 6)
        }
    }

    // MARK: Passwords

    @Test func credentialsAreSentAndStayWithTheirOrigin() async throws {
        try await Servers.withWeb { server in
            try await Servers.withWeb { other in
                let credentials = WebRequest.Credentials(name: "anna", password: "geheim")
                let own = try await self.fetcher().send(
                    WebRequest(.get, try server.address("/to?where=/secured"), credentials: credentials))
                let foreign = try await self.fetcher().send(
                    WebRequest(
                        .get, try server.address("/to?where=http://127.0.0.1:\(other.port)/secured"),
                        credentials: credentials))

                #expect(own.status == 200)
                #expect(foreign.status == 401)
                #expect(other.events.map { $0["authorization"]?.string } == [""])
            }
        }
    }

    /// In a network that is not the operator's own a password is not sent where everybody can read it.
    @Test func credentialsAreNotSentInTheClear() async throws {
        let address = try #require(WebAddress("http://1.1.1.1/"))
        let request = WebRequest(.get, address, credentials: .init(name: "anna", password: "geheim"))
        #expect(try await self.failure(request, by: GuardedFetcher()).code == .unencrypted)
    }

    // MARK: Size and time

    @Test func answersHaveALimit() async throws {
        try await Servers.withWeb { server in
            let fits = try await self.fetcher().send(
                WebRequest(.get, try server.address("/size/100000"), largestAnswer: 100_000))
            let failure = try await self.failure(
                WebRequest(.get, try server.address("/size/100001"), largestAnswer: 100_000), by: self.fetcher())
            #expect(fits.body.count == 100_000)
            #expect(failure.code == .tooLarge)
        }
    }

    @Test(arguments: ["/slow/20", "/drip"])
    func slowAnswersAreGivenUp(_ path: String) async throws {
        try await Servers.withWeb { server in
            let failure = try await self.failure(
                WebRequest(.get, try server.address(path)), by: self.fetcher(1))
            #expect(failure.code == .timedOut)
        }
    }

    @Test func whoeverDoesNotAnswerIsUnreachable() async throws {
        let port = try await Servers.withWeb { $0.port }
        let closed = try #require(WebAddress("http://127.0.0.1:\(port)/"))
        let nowhere = try #require(WebAddress("http://nowhere.invalid/"))
        #expect(try await self.failure(WebRequest(.get, closed), by: self.fetcher()).code == .unreachable)
        #expect(try await self.failure(WebRequest(.get, nowhere), by: self.fetcher()).code == .unreachable)
    }
}
