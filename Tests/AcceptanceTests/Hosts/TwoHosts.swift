import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Two hosts of one school: the real program twice on one PostgreSQL, the clock of the second thirty seconds ahead.
struct TwoHosts {
    /// The host whose clock is right.
    let punctual: School
    /// The host whose clock is thirty seconds ahead.
    let ahead: School

    /// Sets the clock of a process, as the machine's own would be wrong (Debian's package libfaketime).
    private static let fakeTime = ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/faketime/libfaketimeMT.so.1" }
        .first { FileManager.default.fileExists(atPath: $0) }

    init(_ school: School) throws {
        let library = try #require(Self.fakeTime, "libfaketime is missing: scripts/bootstrap --tests installs it")
        self.punctual = school
        // The monotonic clock nobody sets wrong. With FAKETIME_SHARED the library need not add it: a program whose
        // environment has moved before it begins does not find its arguments.
        self.ahead = School(
            program: school.program.adding([
                "LD_PRELOAD": library, "FAKETIME": "+30s", "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "FAKETIME_SHARED": "/none /none",
            ]), storage: school.storage, passphrases: school.passphrases)
    }

    /// Starts both servers, runs `body` with them, and ends them.
    func serve(_ body: (SchoolServer, SchoolServer) async throws -> Void) async throws {
        try await self.punctual.serve { first in
            try await self.ahead.serve { second in
                // Or the test would show nothing.
                let offset = try await Self.clock(second) - Self.clock(first)
                #expect(25...40 ~= offset, "the second clock is \(offset) s ahead")
                try await body(first, second)
            }
        }
    }

    /// What time it is for a server, in seconds, by the moment at which a session ends that begins now.
    private static func clock(_ server: SchoolServer) async throws -> Int64 {
        let passphrases = server.school.passphrases
        let email = passphrases[School.otherCustomer] == nil ? School.customer : School.otherCustomer
        let answer = try await server.client.post(
            "/api/v1/auth/token",
            ["email": .string(email), "password": .string(try #require(passphrases[email]))])
        let text = try #require(answer.json()["expiresAt"]?.string, "\(answer)")
        return try #require(Instant(rfc3339: text)).seconds
    }
}

/// Runs `body` with two servers of a school whose data is loaded.
func withTwoServers(
    rest: String = "", _ body: (SchoolServer, SchoolServer) async throws -> Void
) async throws {
    try await withSchool(.postgres, rest: rest) { school in try await TwoHosts(school).serve(body) }
}
