import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// Where somebody goes on after signing in is always here.
struct ReturnPathTests {
    @Test(arguments: [
        "/", "/bookings", "/bookings/", "/bookings?week=12&next=https://a.example/", "/a/b.c/..d#top", "/%2e%2e%2e",
        "/a?b=//c#//d", "/caf%C3%A9",
    ])
    func pathsOfTheOwnPagesAreTaken(text: String) {
        #expect(ReturnPath(text)?.text == text)
    }

    @Test(arguments: [
        "", "bookings", "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "/a//b",
        "javascript:alert(1)", "/\t/evil.example", "/ /evil.example", "/\n/evil.example", "/.//evil.example", "/..",
        "/a/../b", "/%2e%2E//evil.example", "/.%2e/x", "/x/%2e", "/caf\u{E9}", "@evil.example", "?x", "#x",
        "/" + String(repeating: "a", count: 1_000),
    ])
    func whatCouldLeadElsewhereIsNot(text: String) {
        #expect(ReturnPath(text) == nil)
    }

    @Test(arguments: TestEngine.allCases)
    func whoSignsInGoesOnWhereTheyBegan(_ engine: TestEngine) async throws {
        try await withOIDC(engine) { fixture in
            try await fixture.link(.customer)
            let begun = try await fixture.begin(returningTo: "/bookings?week=12")
            let finished = try await fixture.finish(fixture.callback(begun))
            let plain = try await fixture.finish(fixture.callback(try await fixture.begin()))
            let elsewhere = await refusal { _ = try await fixture.begin(returningTo: "//evil.example") }

            #expect(finished.returnTo == "/bookings?week=12")
            #expect(!begun.authorizationURL.contains("week"))
            #expect(plain.returnTo == nil)
            #expect(elsewhere?.code == "path_not_own")
            #expect(elsewhere?.fields.map(\.pointer) == ["/returnTo"])
        }
    }
}
