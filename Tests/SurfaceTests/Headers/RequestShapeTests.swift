import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacSurface

/// What a request must look like before anybody looks at what it wants.
struct RequestShapeTests {
    private static let card = Array(#"{"title":"x"}"#.utf8)

    @Test(
        "v5.0.0-3.5.2 a body that a form could send is refused",
        arguments: [
            "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "json",
            "text/plain; application/json", "application/jsonx", "application/json; charset=iso-8859-1",
            "application/json, text/plain", "/json", "application/",
        ])
    func aBodyThatAFormCouldSendIsRefused(type: String) async throws {
        try await withCards(.sqlite) { client, _ in
            let answer = await client.send("POST", Cards.root, body: Self.card, headers: [("Content-Type", type)])

            try answer.expect(415, code: "not_json")
            #expect(try await client.cardTitles() == [])
        }
    }

    @Test(arguments: [
        "application/json", "Application/JSON; Charset=UTF-8", #"application/json ; charset="utf-8""#,
        "application/merge-patch+json", "application/json;", "application/json; x=\";\"",
    ])
    func everySpellingOfJSONIsTaken(type: String) async throws {
        try await withCards(.sqlite) { client, _ in
            try await client.send("POST", Cards.root, body: Self.card, headers: [("Content-Type", type)]).expect(201)
        }
    }

    @Test func compressedBodiesAreRefused() async throws {
        try await withCards(.sqlite) { client, _ in
            let json = (name: "Content-Type", value: "application/json")
            let packed = await client.send(
                "POST", Cards.root, body: Self.card, headers: [json, ("Content-Encoding", "gzip")])
            let plain = await client.send(
                "POST", Cards.root, body: Self.card, headers: [json, ("Content-Encoding", "identity")])

            try packed.expect(415, code: "encoding_not_supported")
            #expect(packed.response.header("accept-encoding") == "identity")
            try plain.expect(201)
        }
    }

    @Test(arguments: [
        ("application/json", true), ("*/*", true), ("application/*", true), ("text/html, */*;q=0.1", true),
        ("application/json; q=0.5", true), ("APPLICATION/JSON", true), (", application/json", true),
        ("text/html", false), ("application/json;q=0", false), ("application/json;q=0, */*", false),
        ("application/*;q=0, */*", false), ("image/*", false), ("", false), ("garbage", false),
        ("application/problem+json", false),
    ])
    func whoWantsNoJSONIsToldSo(accept: String, isAcceptable: Bool) async throws {
        try await withCards(.sqlite) { client, _ in
            let answer = await client.send("GET", Cards.root, headers: [("Accept", accept)])

            #expect(answer.status == (isAcceptable ? 200 : 406), "\(answer)")
            if !isAcceptable { #expect(answer.code == "not_acceptable") }
        }
    }

    @Test(
        "v5.0.0-4.1.3 headers of which there is one stand once",
        arguments: [
            "Authorization", "Host", "Content-Type", "Idempotency-Key", "Almanac-Organization", "Origin",
        ])
    func headersOfWhichThereIsOneStandOnce(name: String) async throws {
        try await withCards(.sqlite) { client, _ in
            var stranger = client
            stranger.headers = []
            let answer = await stranger.send("GET", "/health/live", headers: [(name, "a"), (name, "a")])

            try answer.expect(400, code: "duplicate_header")
        }
    }

    @Test(arguments: ["a b", "a/b", "user@host", "höst", "a?b", "a\\b", "<x>", ""])
    func oddHostsAreRefused(host: String) async throws {
        try await withCards(.sqlite) { client, _ in
            try await client.send("GET", "/health/live", headers: [("Host", host)]).expect(400, code: "bad_host")
        }
    }

    @Test(arguments: ["book.example.org", "book.example.org:8080", "127.0.0.1:80", "[2001:db8::1]:8080"])
    func usualHostsAreTaken(host: String) async throws {
        try await withCards(.sqlite) { client, _ in
            try await client.send("GET", "/health/live", headers: [("Host", host)]).expect(200)
        }
    }
}
