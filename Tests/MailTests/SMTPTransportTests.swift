import AlmanacKernel
import AlmanacMail
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Mails to a real server, whose view of them counts.
@Suite(.enabled(if: Counterpart.isAvailable))
struct SMTPTransportTests {
    private static let sender = Mailbox("Fahrschule „Grün & Söhne“ <office@school.example>")

    private static func url(_ server: Counterpart, _ scheme: String = "smtp", login: String = "") throws -> SMTPURL {
        try #require(SMTPURL("\(scheme)://\(login)localhost:\(server.port)"))
    }

    private static func transport(
        _ url: SMTPURL, _ folder: TemporaryFolder? = nil,
        encryption: SMTPTransport.Configuration.Encryption = .required, timeoutSeconds: Int = 10
    ) throws -> SMTPTransport {
        let configuration = SMTPTransport.Configuration(
            url: url, sender: try #require(Self.sender), encryption: encryption,
            certificates: folder?.file("certificate.pem"), timeoutSeconds: timeoutSeconds)
        return SMTPTransport(
            configuration, clock: ManualClock(TestClock.start), random: SeededRandom(seed: 0x5E))
    }

    private static func mail(
        _ subject: String = "Ihr Passwort", to recipient: String = "anna@example.org", _ text: String = "Hallo\n"
    ) throws -> OutgoingMail {
        OutgoingMail(recipient: try EmailAddress(recipient), subject: subject, text: text, kind: "test.mail")
    }

    /// The failure of sending, which must fail.
    private static func failure(_ transport: SMTPTransport, _ mail: OutgoingMail) async throws -> MailDeliveryError {
        try #require(await #expect(throws: MailDeliveryError.self) { try await transport.send(mail) })
    }

    @Test
    func arriveAsTheyWereWritten() async throws {
        let text = """
            Grüß Gott, \u{1F44B}
            .
            .hidden
            From here on = all is well
            trailing space \ntab\t
            \(String(repeating: "länger ", count: 60))
            """
        let subject = "Zurücksetzen Ihres Passworts für die Fahrschule Grün & Söhne – bitte gleich lesen \u{1F511}"
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { server in
                try await Self.transport(try Self.url(server), encryption: .none)
                    .send(try Self.mail(subject, to: "anna.o'neill+x@example.org", text))
                let event = try await server.event { $0["mail"] == nil ? nil : $0 }
                let mail = try #require(event["mail"])

                #expect(mail["defects"]?.array == [], "\(mail)")
                #expect(mail["subject"]?.string == subject)
                #expect(mail["body"]?.string == text + "\n")
                #expect(mail["from"]?[0]?[0]?.string == Self.sender?.name)
                #expect(mail["from"]?[0]?[1]?.string == "office@school.example")
                #expect(mail["type"]?.string == "text/plain")
                #expect(mail["charset"]?.string == "utf-8")
                #expect(mail["date"]?.double == Double(TestClock.start.seconds))
                #expect(mail["isSevenBit"]?.bool == true)
                #expect(mail["hasBareLineEnds"]?.bool == false)
                #expect(try #require(mail["longestLine"]?.int) <= 76)
                let headers = (mail["headers"]?.array ?? []).map { ($0[0]?.string ?? "", $0[1]?.string ?? "") }
                #expect(
                    headers.map(\.0) == [
                        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                        "Content-Transfer-Encoding",
                    ])
                #expect(headers.first { $0.0 == "To" }?.1 == "anna.o'neill+x@example.org")
                #expect(headers.first { $0.0 == "Auto-Submitted" }?.1 == "auto-generated")
                #expect(headers.first { $0.0 == "Message-ID" }?.1.hasSuffix("@school.example>") == true)
                #expect(event["sender"]?.string == "office@school.example")
                #expect(event["recipients"]?.array == ["anna.o'neill+x@example.org"])
            }
        }
    }

    @Test
    func goToInternationalAddresses() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { server in
                try await Self.transport(try Self.url(server), encryption: .none)
                    .send(try Self.mail(to: "jürgen@example.org"))
                let event = try await server.event { $0["mail"] == nil ? nil : $0 }

                #expect(event["recipients"]?.array == ["jürgen@example.org"], "\(event)")
                #expect(event["mail"]?["body"]?.string == "Hallo\n", "\(event)")
            }
        }
    }

    @Test(arguments: [("starttls", "smtp"), ("implicit", "smtps")])
    func areEncryptedAndSignedInFor(tls: String, scheme: String) async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, ["--tls", tls, "--login", "office", "s3cret@:/"], in: folder) { server in
                let url = try Self.url(server, scheme, login: "office:s3cret%40%3A%2F@")
                let transport = try Self.transport(url, folder)
                try await transport.send(try Self.mail("one"))
                try await transport.send(try Self.mail("two"))
                let one = try await server.event { $0["mail"]?["subject"]?.string == "one" ? $0 : nil }
                let two = try await server.event { $0["mail"]?["subject"]?.string == "two" ? $0 : nil }

                #expect(one["isEncrypted"]?.bool == true)
                #expect(one["login"]?.string == "office")
                // The second one travels on the connection of the first.
                #expect(one["peer"]?.int == two["peer"]?.int)
            }
        }
    }

    @Test("v5.0.0-12.3.2 are not sent to a server with an unknown certificate")
    func areNotSentToAServerWithAnUnknownCertificate() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, ["--tls", "starttls"], in: folder) { server in
                let failure = try await Self.failure(try Self.transport(try Self.url(server)), try Self.mail())

                #expect(!failure.isPermanent)
                #expect(failure.reason.contains("certificate"), "\(failure)")
                #expect(server.events.isEmpty)
            }
        }
    }

    /// Somebody on the way can leave STARTTLS out of what the server offers.
    @Test("v5.0.0-12.3.1 are not sent in the clear where encryption is required")
    func areNotSentInTheClear() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, ["--login", "office", "s3cret"], in: folder) { server in
                let url = try Self.url(server, login: "office:s3cret@")
                let failure = try await Self.failure(try Self.transport(url), try Self.mail())
                #expect(!failure.isPermanent)
                #expect(server.events.isEmpty)

                // The control: the same server takes the mail where the clear is allowed.
                try await Self.transport(url, encryption: .none).send(try Self.mail())
                let event = try await server.event { $0["mail"] == nil ? nil : $0 }
                #expect(event["isEncrypted"]?.bool == false)
            }
        }
    }

    @Test
    func failForGoodWhereTheServerSaysSo() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { server in
                let transport = try Self.transport(try Self.url(server), encryption: .none)
                let refused = try await Self.failure(transport, try Self.mail(to: "nobody@example.org"))
                let postponed = try await Self.failure(transport, try Self.mail(to: "later@example.org"))
                try await transport.send(try Self.mail("afterwards"))
                _ = try await server.event { $0["mail"]?["subject"]?.string == "afterwards" ? $0 : nil }

                #expect(refused.isPermanent)
                #expect(refused.reason.contains("550"), "\(refused)")
                #expect(!refused.reason.contains("nobody"), "\(refused)")
                #expect(!postponed.isPermanent)
                #expect(postponed.reason.contains("451"), "\(postponed)")
            }
        }
    }

    @Test
    func failWithoutShowingThePassword() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, ["--tls", "starttls", "--login", "office", "right"], in: folder) {
                server in
                let url = try Self.url(server, login: "office:wr0ng@")
                let failure = try await Self.failure(try Self.transport(url, folder), try Self.mail())

                #expect(failure.isPermanent)
                #expect(failure.reason.contains("535"), "\(failure)")
                #expect(!failure.reason.contains("wr0ng") && !"\(url)".contains("wr0ng"), "\(failure)")
                #expect(server.events.isEmpty)
            }
        }
    }

    @Test
    func endInTimeWhereTheServerSaysNothing() async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, ["--silent"], in: folder) { server in
                let transport = try Self.transport(try Self.url(server), encryption: .none, timeoutSeconds: 1)
                let clock = ContinuousClock()
                let begin = clock.now
                let failure = try await Self.failure(transport, try Self.mail())

                #expect(!failure.isPermanent)
                #expect(clock.now - begin < .seconds(20))
            }
        }
    }

    @Test
    func failWhereNobodyListens() async throws {
        let port = try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { $0.port }
        }
        let url = try #require(SMTPURL("smtp://127.0.0.1:\(port)"))
        let failure = try await Self.failure(try Self.transport(url, encryption: .none), try Self.mail())

        #expect(!failure.isPermanent)
    }

    @Test(arguments: ["Hi\r\nBcc: eve@example.org", "Hi\nthere", "Hi\rthere", "Hi\u{0}", "Hi\u{2028}there", "Hi\u{85}"])
    func areRefusedWhereAFieldWouldBecomeTwo(subject: String) async throws {
        try await withTemporaryFolder { folder in
            try await withCounterpart(script, in: folder) { server in
                let transport = try Self.transport(try Self.url(server), encryption: .none)
                let failure = try await Self.failure(transport, try Self.mail(subject))
                try await transport.send(try Self.mail("sound"))
                _ = try await server.event { $0["mail"]?["subject"]?.string == "sound" ? $0 : nil }

                #expect(failure.isPermanent)
                #expect(failure.reason.contains("Subject"), "\(failure)")
                #expect(server.events.count == 1)
            }
        }
    }
}

/// The mail server, beside this file.
private let script =
    #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    + "/Counterparts/mail_server.py"
