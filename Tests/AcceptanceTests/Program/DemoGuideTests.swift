import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What `serve --demo` prints can be pasted into a shell.
struct DemoGuideTests {
    @Test(arguments: TestEngine.allCases)
    func booksALesson(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.serve(["--demo"]) { server in
                let guide = try await Self.guide(of: server)
                for (email, passphrase) in school.passphrases {
                    #expect(guide.contains { $0.contains(email) && $0.contains(passphrase) }, "\(guide)")
                }
                let lines = guide.drop { !$0.hasPrefix("TOKEN=") }
                try #require(lines.count == 2, "\(guide)")

                let answer = try await Self.paste(lines.joined(separator: "\n"))

                let booking = try JSON(parsing: Array(answer.utf8))
                #expect(booking["status"]?.string == "confirmed", "\(answer)")
                let token = try await server.token()
                #expect(try await server.bookings(token).map { $0["id"]?.string } == [booking["id"]?.string])
            }
        }
    }

    /// The lines that were printed after the address.
    private static func guide(of server: SchoolServer) async throws -> [String] {
        // It is written before the first request is answered; the pipe may still hold it.
        for _ in 0..<1_000 where !server.process.output.contains("\ncurl ") {
            _ = try await server.client.get("/health/live")
        }
        return server.process.output.split(separator: "\n").dropFirst().map(String.init)
    }

    /// Runs lines in a shell and returns what they print.
    private static func paste(_ lines: String) async throws -> String {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", lines]
        let output = Pipe()
        shell.standardOutput = output
        shell.standardError = FileHandle.nullDevice
        return try await withCheckedThrowingContinuation { continuation in
            shell.terminationHandler = { _ in
                // A booking fits into the pipe, so that the shell never waits for this.
                let bytes = output.fileHandleForReading.readDataToEndOfFile()
                continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
            }
            do { try shell.run() } catch { continuation.resume(throwing: error) }
        }
    }
}
