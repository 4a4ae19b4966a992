import AlmanacTestKit
import Bookings
import Messaging
import Testing

/// The matrix finds what is wrong: operations that forget to ask, that say too much, that nobody has written down.
struct MatrixControlTests {
    private static let path = "/api/v1/ext/keyhole"

    /// What any operation that shows a booking must answer.
    private static func expectation(_ name: String, method: String = "GET") -> String {
        let spent = ["anonymous", "expired", "revoked", "disabled", "departed"].map { "    \($0) - - 401 401 401" }
        return """
            \(method) \(Self.path)/\(name)/bookings/{id} own assigned peer elsewhere missing
            \(spent.joined(separator: "\n"))
                customer 200 - 404 404 404
                provider 200 200 404 404 404
                admin 200 - 200 404 404
                key 200 - 200 404 404
                narrow-key 200 - 200 404 404
                guest - - 403 403 403
                waiting-guest - - 403 403 403
                impersonated 200 - 404 404 404
                stranger - - - 404 404
            """
    }

    private static func matrix(_ name: String) async throws -> AuthorizationMatrix {
        try await withPlatform(.sqlite, plugins: [Bookings.self, Messaging.self, Keyhole.self]) { platform in
            try await AuthorizationMatrix(platform) { $0.path.contains("/keyhole/\(name)/") }
        }
    }

    @Test("an operation that asks as it should is as the matrix wants it")
    func rightIsRight() async throws {
        let found = try await Self.matrix("right")

        #expect(try ExpectedMatrix(Self.expectation("right")).differences(from: found) == [])
        #expect(found.faults == [])
    }

    /// What differs, without the tale of how it came about.
    private static func differences(_ name: String, method: String = "GET") async throws -> [String] {
        let found = try await Self.matrix(name)
        let start = "\(method) \(Self.path)/\(name)/bookings/{id} by "
        return try ExpectedMatrix(Self.expectation(name, method: method)).differences(from: found).map { difference in
            #expect(difference.hasPrefix(start), "\(difference)")
            return String(difference.dropFirst(start.count).split(separator: " in ")[0])
        }
    }

    @Test("an operation that does not heed whose an object is does not pass")
    func forgettingIsFound() async throws {
        #expect(
            try await Self.differences("wide") == [
                "customer on peer: expected 404, found 200", "provider on peer: expected 404, found 200",
                "impersonated on peer: expected 404, found 200",
            ])
    }

    @Test("an operation that words its refusals differently does not pass")
    func sayingTooMuchIsFound() async throws {
        let found = try await Self.matrix("chatty")

        #expect(try ExpectedMatrix(Self.expectation("chatty")).differences(from: found) == [])
        #expect(found.faults.count == 3, "\(found.faults)")
        #expect(found.faults.allSatisfy { $0.contains("something exists which is peer") })
    }

    @Test("an operation that lets everybody act does not pass")
    func lettingEverybodyActIsFound() async throws {
        let differences = try await Self.differences("hasty", method: "POST")

        let opened =
            ["customer", "provider"].flatMap { ["\($0) on peer", "\($0) on elsewhere", "\($0) on missing"] }
            + ["admin", "stranger"].flatMap { ["\($0) on elsewhere", "\($0) on missing"] }
        // Keys reach only what asks for a permission, so that this one turns them all away.
        // So is whoever works as somebody else.
        let closed = [("key", ["own", "peer"]), ("narrow-key", ["own", "peer"]), ("impersonated", ["own"])].flatMap {
            caller, own in
            ["own", "peer", "elsewhere", "missing"].map {
                "\(caller) on \($0): expected \(own.contains($0) ? 200 : 404), found 403"
            }
        }
        #expect(Set(differences) == Set(opened.map { "\($0): expected 404, found 200" } + closed))
    }

    @Test("an operation without rows and rows without an operation are named")
    func isComplete() async throws {
        let found = try await Self.matrix("right")

        let nothing = try ExpectedMatrix("").differences(from: found)
        #expect(nothing.count == 1)
        #expect(nothing.first?.contains("has no rows in Tests/SecurityTests/Authorization/matrix.txt") == true)
        let gone = try ExpectedMatrix(Self.expectation("right") + "\nGET /gone any\n    anonymous 200\n")
        #expect(
            gone.differences(from: found) == [
                "GET /gone has rows in matrix.txt, but there is no such operation: take them out"
            ])
        let incomplete = Self.expectation("right").split(separator: "\n").dropLast().joined(separator: "\n")
        #expect(
            try ExpectedMatrix(incomplete).differences(from: found)
                == ["GET \(Self.path)/right/bookings/{id}: no row for stranger"])
    }

    @Test("the table is read back as it is written")
    func isReadBackAsItIsWritten() async throws {
        let found = try await Self.matrix("right")

        #expect(try ExpectedMatrix(ExpectedMatrix.text(found)).differences(from: found) == [])
    }

    @Test(
        "a line that is not understood is named",
        arguments: [
            "nonsense", "GET /x", "GET /x somewhere", "GET /x any\n    anonymous", "GET /x any\n    anonymous 200 200",
            "GET /x any\n    anonymous 200\n    anonymous 200", "    anonymous 200",
        ])
    func whatIsNotUnderstoodIsNamed(_ text: String) {
        let error = #expect(throws: TestKitError.self) { try ExpectedMatrix(text) }

        #expect(error?.description.hasPrefix("matrix.txt:") == true)
    }
}
