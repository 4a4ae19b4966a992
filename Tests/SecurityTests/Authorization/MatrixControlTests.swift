import AlmanacTestKit
import Bookings
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
                impersonated 200 - 404 404 404
                stranger - - - 404 404
            """
    }

    private static func matrix(_ name: String) async throws -> AuthorizationMatrix {
        try await withPlatform(.sqlite, plugins: [Bookings.self, Keyhole.self]) { platform in
            try await AuthorizationMatrix(platform) { $0.path.contains("/keyhole/\(name)/") }
        }
    }

    @Test("an operation that asks as it should is as the matrix wants it")
    func rightIsRight() async throws {
        let found = try await Self.matrix("right")

        #expect(try ExpectedMatrix(Self.expectation("right")).differences(from: found) == [])
        #expect(found.faults == [])
    }

    @Test("an operation that forgets to ask whose an object is does not pass")
    func forgettingIsFound() async throws {
        let found = try await Self.matrix("wide")

        // Keys reach only what asks for a permission.
        let differences = try ExpectedMatrix(Self.expectation("wide")).differences(from: found).filter {
            !$0.contains("key on ")
        }
        let start = "GET \(Self.path)/wide/bookings/{id} by "
        #expect(differences.count == 3)
        #expect(differences.first?.hasPrefix(start + "customer on peer: expected 404, found 200") == true)
        #expect(
            differences.dropFirst().first?.hasPrefix(start + "provider on peer: expected 404, found 200") == true)
        #expect(differences.last?.hasPrefix(start + "impersonated on peer: expected 404, found 200") == true)
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
        let found = try await Self.matrix("hasty")

        let expected = try ExpectedMatrix(Self.expectation("hasty", method: "POST"))
        #expect(
            expected.differences(from: found).contains { $0.contains("by customer on peer: expected 404, found 200") })
        #expect(
            expected.differences(from: found).contains {
                $0.contains("by customer on elsewhere: expected 404, found 200")
            })
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
