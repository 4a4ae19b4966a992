import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Testing

/// Texts of an organization's own.
struct TemplateTests {
    private static let own: JSON = [
        "type": "bookingConfirmed", "audience": "customer", "channel": "email", "locale": "de",
        "subject": "Alles klar: {{eventType}}", "text": "Hallo {{recipient}}, {{eventType}}: {{start}}",
        "html": "<p>{{eventType}}: {{start}} mit {{provider}}</p>",
    ]

    private static func changed(_ name: String, _ value: JSON) -> JSON {
        var object = self.own.object ?? [:]
        object[name] = value
        return .object(object)
    }

    @Test(arguments: TestEngine.allCases)
    func standInPlaceOfTheBuiltInOnes(_ engine: TestEngine) async throws {
        try await withPractices(engine) { north, south in
            let admin = try await north.client(as: .admin)
            let made = try await admin.post("/api/v1/message-templates", Self.own).expect(201)
            _ = try await north.book(try north.march(3, 10))
            _ = try await south.book(try south.march(3, 10))
            try await north.tell()
            try await north.pass(minutes: 4)

            #expect(Set(north.subjects().map { $0.prefix(10) }) == ["Alles klar", "Confirmed:"])
            let mail = north.mailbox.mails.first { $0.subject.hasPrefix("Alles klar") }
            #expect(mail?.text.hasSuffix("Fahrstunde: Dienstag, 3. März 2026 um 10:00") == true)
            #expect(mail?.html?.contains("<p>Fahrstunde: Dienstag, 3. März 2026 um 10:00 mit") == true)
            // The provider's, and those on other channels, are built in.
            #expect(north.subjects(to: TestMember.provider.email).contains { $0.hasPrefix("Neuer Termin") })

            try await admin.delete("/api/v1/message-templates/\(made.id)", version: 1).expect(200)
            _ = try await north.book(try north.march(4, 10))
            try await north.tell()
            try await north.pass(minutes: 4)
            #expect(north.subjects().last?.hasPrefix("Bestätigt") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areTakenInTheLanguageOfTheirReader(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            try await admin.post("/api/v1/message-templates", Self.own).expect(201)
            try await practice.prefer(["locale": "en-GB"], as: .customer)
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            // The organization has no English text, and one of its own in another language is nearer than none: it is
            // the organization's language.
            #expect(
                practice.subjects() == ["Alles klar: Driving lesson"]
                    || practice.subjects() == ["Alles klar: Fahrstunde"])

            var english = Self.changed("locale", "en").object ?? [:]
            english["subject"] = "All set: {{eventType}}"
            try await admin.post("/api/v1/message-templates", .object(english)).expect(201)
            _ = try await practice.book(try practice.march(4, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().last == "All set: Driving lesson")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areRefusedWithEverythingThatIsWrong(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            func errors(_ name: String, _ value: JSON) async -> [String] {
                await admin.post("/api/v1/message-templates", Self.changed(name, value)).fieldErrors
            }
            #expect(
                await errors("text", "{{{recipient}}} {{nobody}}") == [
                    "/text template_malformed", "/text template_malformed", "/text placeholder_missing",
                    "/text placeholder_missing",
                ])
            // Only customers are led anywhere.
            var linked = Self.changed("text", "{{eventType}} {{start}} {{link}}").object ?? [:]
            linked["audience"] = "provider"
            let told = await admin.post("/api/v1/message-templates", .object(linked)).fieldErrors
            #expect(told == ["/text template_malformed"])
            #expect(await errors("html", "<p>{{start}}</p>") == ["/html placeholder_missing"])
            #expect(await errors("subject", "two\nlines") == ["/subject subject_not_one_line"])
            #expect(await errors("locale", "not a language") == ["/locale locale_invalid"])
            #expect(await errors("channel", "pigeon") == ["/channel unknown_channel"])
            #expect(await errors("channel", "inApp") == ["/html html_not_carried"])
            #expect(await errors("type", "bookingForgotten").count == 1)
            try await admin.post("/api/v1/message-templates", Self.own).expect(201)
            try await admin.post("/api/v1/message-templates", Self.changed("locale", "DE")).expect(
                409, code: "template_exists")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func areChangedByWhoHasSeenThem(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            let id = try await admin.post("/api/v1/message-templates", Self.own).expect(201).id
            let path = "/api/v1/message-templates/\(id)"
            let parts: JSON = ["subject": "Neu", "text": "{{eventType}} {{start}}"]
            try await admin.send("PUT", path, json: parts).expect(428)
            try await admin.send("PUT", path, json: parts, headers: [("If-Match", "\"1\"")]).expect(200)
            try await admin.send("PUT", path, json: parts, headers: [("If-Match", "\"1\"")]).expect(412)
            let shown = try await admin.get(path).expect(200)
            #expect(shown["subject"]?.string == "Neu")
            #expect(shown["html"] == nil || shown["html"] == .null)
            try await practice.client(as: .customer).get(path).expect(403)
            try await practice.platform.client(as: .admin, in: .south).get(path).expect(404)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func canBeSeenBeforeTheyAreSaved(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let admin = try await practice.client(as: .admin)
            let preview = try await admin.post("/api/v1/message-templates/preview", Self.own).expect(200)
            #expect(preview["subject"]?.string == "Alles klar: A & B")
            #expect(preview["html"]?.string?.contains("<p>A &amp; B: Dienstag, 1. Januar 2030") == true)
            #expect(preview["required"]?.array == ["eventType", "start"])
            let none = try await admin.get("/api/v1/message-templates").expect(200)
            #expect(none["items"]?.array == [])

            let present = try await admin.post(
                "/api/v1/message-templates/preview",
                ["type": "bookingCancelled", "audience": "provider", "channel": "inApp", "locale": "de"]
            ).expect(200)
            #expect(present["subject"]?.string?.hasPrefix("Abgesagt: A & B") == true)
            #expect(present["template"]?["subject"]?.string == "Abgesagt: {{eventType}}, {{start}}")
        }
    }

    /// What a customer calls themselves cannot become markup or a field of the mail.
    @Test(arguments: TestEngine.allCases)
    func namesOfPeopleAreNoMarkup(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let organization = try practice.platform.organization().id
            let person = try practice.platform.person(.customer)
            try await practice.platform.runtime.database.write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    UPDATE \(Table(Namespace("kernel"), "person")) SET given_name = '<b>Eve</b>', family_name = ''
                    WHERE organization_id = \(organization) AND id = \(person)
                    """)
            }
            let own = Self.changed("subject", .string("Für {{recipient}}"))
            try await practice.client(as: .admin).post("/api/v1/message-templates", own).expect(201)
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            let mail = try #require(practice.mailbox.mails.first { $0.recipient.text == TestMember.customer.email })
            #expect(mail.subject == "Für <b>Eve</b>")
            #expect(mail.html?.contains("<title>Für &lt;b&gt;Eve&lt;/b&gt;</title>") == true)
            #expect(mail.html?.contains("<b>Eve") == false)
            #expect(mail.text.contains("<b>Eve</b>"))
        }
    }
}
