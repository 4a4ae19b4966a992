import AlmanacKernel
import AlmanacMail
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

struct FolderTransportTests {
    private static func transport(_ folder: String, _ clock: ManualClock) throws -> FolderTransport {
        FolderTransport(
            folder: folder, sender: try #require(Mailbox("School <office@school.example>")), clock: clock,
            random: SeededRandom(seed: 7))
    }

    private static func mail(_ subject: String) throws -> OutgoingMail {
        OutgoingMail(recipient: try EmailAddress("anna@example.org"), subject: subject, text: "Hallo", kind: "test")
    }

    @Test
    func writesWholeFilesForTheirOwnerOnly() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(TestClock.start)
            let place = folder.file("mail/out")
            let transport = try Self.transport(place, clock)
            try await transport.send(try Self.mail("one"))
            clock.advance(seconds: 1)
            try await transport.send(try Self.mail("two"))
            let names = try FileManager.default.contentsOfDirectory(atPath: place).sorted()
            let subjects = names.map { name in
                String(decoding: FileManager.default.contents(atPath: "\(place)/\(name)") ?? Data(), as: UTF8.self)
                    .contains(name == names[0] ? "Subject: one\r\n" : "Subject: two\r\n")
            }
            let modes = try (names + [""]).map { name in
                try FileManager.default.attributesOfItem(atPath: "\(place)/\(name)")[.posixPermissions] as? Int
            }

            #expect(names.count == 2)
            #expect(names.allSatisfy { $0.hasSuffix(".eml") && $0.hasPrefix("2026-03-02T08-00-0") })
            #expect(subjects == [true, true])
            #expect(modes == [0o600, 0o600, 0o700])
        }
    }

    @Test
    func failsForNowWhereItCannotWrite() async throws {
        try await withTemporaryFolder { folder in
            let file = try folder.write([1], to: "taken")
            let transport = try Self.transport(file, ManualClock(TestClock.start))
            let failure = await #expect(throws: MailDeliveryError.self) { try await transport.send(try Self.mail("x")) }

            #expect(failure?.isPermanent == false)
        }
    }

    @Test("v5.0.0-1.3.11 a subject of two lines adds no recipient")
    func refusesAFieldOfTwoLines() async throws {
        try await withTemporaryFolder { folder in
            let transport = try Self.transport(folder.path, ManualClock(TestClock.start))
            let failure = await #expect(throws: MailDeliveryError.self) {
                try await transport.send(try Self.mail("x\r\nBcc: eve@example.org"))
            }

            #expect(failure?.isPermanent == true)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }
}
