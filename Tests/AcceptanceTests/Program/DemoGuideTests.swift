import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What `serve --demo` prints can be pasted into a shell.
struct DemoGuideTests {
    @Test(arguments: TestEngine.allCases)
    func booksALesson(_ engine: TestEngine) async throws {
        try await withSchool(engine) { school in
            try await school.serve(["--demo"]) { server in try await Self.book(by: server) }
        }
    }

    private static func book(by server: SchoolServer) async throws {
        let guide = try await Self.guide(of: server)
        let text = guide.joined(separator: "\n")
        let unmentioned = server.school.passphrases.values.filter { !text.contains($0) }
        #expect(unmentioned.isEmpty, "\(text)")
        let root = "http://127.0.0.1:\(server.process.port)"
        #expect(guide.suffix(2) == ["Console:  \(root)/console", "Booking:  \(root)/book"], "\(text)")
        let lines = Array(guide.drop { !$0.hasPrefix("TOKEN=") }.prefix { !$0.hasPrefix("Console:") })
        try #require(lines.count == 2, "\(text)")

        let answer = try await Self.paste(lines.joined(separator: "\n"))

        let booking = try JSON(parsing: Array(answer.utf8))
        #expect(booking["status"]?.string == "confirmed", "\(answer)")
        let booked = try await server.bookings(try await server.token())
        #expect(booked.map { $0["id"]?.string } == [booking["id"]?.string])
    }

    /// The lines that were printed after the address.
    private static func guide(of server: SchoolServer) async throws -> [String] {
        // It is written before the first request is answered; the pipe may still hold it.
        for _ in 0..<1_000 where !server.process.output.contains("/book") {
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
