import AlmanacStorage
import AlmanacTestKit
import MessagingAPI
import Synchronization
import Testing

@testable import AlmanacKernel
@testable import Messaging

/// How messages are sent, tried again and given up.
struct MessageSenderTests {
    private static func emails(_ practice: Practice) async throws -> [JSON] {
        try await practice.log("&channel=email&type=bookingConfirmed").filter { $0["audience"]?.string == "customer" }
    }

    @Test(arguments: TestEngine.allCases)
    func whatTheProviderSaidIsKept(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            let email = try #require(try await Self.emails(practice).first)
            #expect(email["state"]?.string == "sent")
            #expect(email["response"]?.string == "250 2.0.0 Ok: queued as 4F2A")
            #expect(email["attempts"]?.int == 1)
            #expect(email["locale"]?.string == "de")
            #expect(Set(mail.taken.compactMap(\.identifier)).count == 2)
        }
    }

    /// A restored database may know of bookings that have long been cancelled: nobody is told before somebody has looked.
    @Test(arguments: TestEngine.allCases)
    func afterARestoreOnlyTheInboxIsFilled(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            let runtime = practice.platform.runtime
            _ = try await Recovery(runtime.database).settle(
                backupOf: TestClock.start.adding(seconds: -60), by: "system:restore")
            try await practice.pass(minutes: 4)

            #expect(mail.tried == 0)
            #expect(try await Self.emails(practice).first?["state"]?.string == "waiting")
            #expect(try await practice.log("&channel=inApp&type=bookingConfirmed").allSatisfy { $0["state"] == "sent" })

            _ = try await runtime.deliveries.release(by: "system:test")
            try await practice.send()
            #expect(mail.taken.count == 2)
            #expect(try await Self.emails(practice).first?["state"]?.string == "sent")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatFailsForNowIsTriedAgainAfterGrowingPauses(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(6, 10))
            try await practice.tell()
            mail.refuse(MailDeliveryError(isPermanent: false, reason: "451 4.7.1 try again later"))
            try await practice.pass(minutes: 3)
            #expect(mail.tried == 2)
            try await practice.send()
            #expect(mail.tried == 2)
            let waiting = try #require(try await Self.emails(practice).first)
            #expect(waiting["state"]?.string == "waiting")
            #expect(waiting["response"]?.string == "451 4.7.1 try again later")

            try await practice.pass(minutes: 1)
            #expect(mail.tried == 4)
            try await practice.pass(minutes: 4)
            #expect(mail.tried == 4)
            mail.refuse(nil)
            try await practice.pass(minutes: 1)
            #expect(mail.taken.count == 2)
            let sent = try #require(try await Self.emails(practice).first)
            #expect(sent["state"]?.string == "sent")
            #expect(sent["attempts"]?.int == 3)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatKeepsFailingIsGivenUpAndCanBeSentByHand(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(13, 10))
            try await practice.tell()
            mail.refuse(MailDeliveryError(isPermanent: false, reason: "no route to host"))
            for _ in 0..<20 { try await practice.pass(minutes: 12 * 60) }
            let failed = try #require(try await Self.emails(practice).first)
            #expect(failed["state"]?.string == "failed")
            #expect(failed["reason"]?.string == "exhausted")
            #expect(failed["attempts"]?.int == RetryPlan.pauses.count + 1)

            mail.refuse(nil)
            let admin = try await practice.client(as: .admin)
            try await admin.post("/api/v1/messages/\(failed.id)/retry", [:]).expect(200)
            try await practice.send()
            #expect(try await Self.emails(practice).first?["state"]?.string == "sent")
            try await admin.post("/api/v1/messages/\(failed.id)/retry", [:]).expect(409, code: "not_failed")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatIsRefusedForGoodIsNotTriedAgain(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            mail.refuse(MailDeliveryError(isPermanent: true, reason: "550 5.1.1 there is no such mailbox"))
            try await practice.pass(minutes: 4)
            mail.refuse(nil)
            try await practice.pass(minutes: 30)

            #expect(mail.tried == 2)
            let refused = try #require(try await Self.emails(practice).first)
            #expect(refused["state"]?.string == "failed")
            #expect(refused["reason"]?.string == "refused")
        }
    }

    /// Fifty hosts look at the same moment; the transport lets others run while it sends.
    @Test(arguments: TestEngine.allCases)
    func manyWhoSendAtOnceSendOnce(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.deliver()
            practice.platform.clock.advance(minutes: 4)
            let step = try practice.step
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<50 { group.addTask { while try await step() {} } }
                try await group.waitForAll()
            }

            #expect(mail.tried == 2)
            #expect(Set(mail.taken.compactMap(\.identifier)).count == 2)
        }
    }

    /// A host that ended while it sent has claimed a message and never settled it.
    @Test(arguments: TestEngine.allCases)
    func whatAHostLeftBehindIsSentWhenItsTimeIsOver(_ engine: TestEngine) async throws {
        let mail = ScriptedMail()
        try await withPractice(engine, mail: mail) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.deliver()
            practice.platform.clock.advance(minutes: 4)
            let organization = try practice.platform.organization().id
            let now = practice.platform.clock.now
            try await practice.platform.database(of: .messaging).write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    UPDATE \(MessagingSchema.message)
                    SET state = 'sending', attempts = 1, due_at = \(now.adding(seconds: RetryPlan.leaseSeconds))
                    WHERE organization_id = \(organization) AND channel = 'email' AND type = 'bookingConfirmed'
                    """)
            }
            try await practice.send()
            #expect(mail.tried == 0)
            practice.platform.clock.advance(seconds: RetryPlan.leaseSeconds)
            try await practice.send()

            #expect(mail.tried == 2)
            #expect(try await Self.emails(practice).first?["attempts"]?.int == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func withoutAMailSectionNothingIsMailedAndTheInboxIsFilled(_ engine: TestEngine) async throws {
        try await withPractice(engine, takesMail: false) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(
                try await practice.fates("&type=bookingConfirmed") == [
                    "bookingConfirmed customer email suppressed channelUnavailable",
                    "bookingConfirmed customer inApp sent",
                    "bookingConfirmed provider email suppressed channelUnavailable",
                    "bookingConfirmed provider inApp sent",
                ])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoHasNoAddressGetsNoMail(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let organization = try practice.platform.organization().id
            let person = try practice.platform.person(.customer)
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.deliver()
            try await practice.platform.runtime.database.write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    UPDATE \(Table(Namespace("kernel"), "person")) SET email = NULL
                    WHERE organization_id = \(organization) AND id = \(person)
                    """)
            }
            try await practice.pass(minutes: 4)

            #expect(practice.subjects().isEmpty)
            #expect(try await Self.emails(practice).first?["reason"]?.string == "noAddress")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoWantsNoMailsGetsNone(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(3, 10))
            try await practice.tell()
            // They say so while the message waits, and what is written down later is not even made.
            try await practice.prefer(["channels": ["inApp"]], as: .customer)
            try await practice.pass(minutes: 4)
            _ = try await practice.book(try practice.march(4, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects().isEmpty)
            #expect(try await Self.emails(practice).map { $0["reason"]?.string } == ["unwanted"])
            let inbox = try await practice.client(as: .customer).get("/api/v1/me/inbox").expect(200)
            #expect(inbox["items"]?.array?.count == 2)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whoIsNotToBeDisturbedGetsMailsAfterwards(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            // The tests begin at nine by the clock of Berlin.
            try await practice.prefer(["quietFrom": "08:00", "quietTo": "11:30"], as: .customer)
            _ = try await practice.book(try practice.march(4, 10))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.subjects().isEmpty)
            // The inbox disturbs nobody.
            let inbox = try await practice.client(as: .customer).get("/api/v1/me/inbox/unread").expect(200)
            #expect(inbox["unread"]?.int == 1)

            practice.platform.clock.set(try practice.march(2, 11, 29))
            try await practice.send()
            #expect(practice.subjects().isEmpty)
            practice.platform.clock.set(try practice.march(2, 11, 30))
            try await practice.send()
            #expect(practice.subjects().count == 1)
            #expect(try await Self.emails(practice).first?["attempts"]?.int == 1)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func whatCannotWaitForTheMorningDoesNot(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            try await practice.prefer(
                ["quietFrom": "08:00", "quietTo": "13:00", "reminderLeadMinutes": 0], as: .customer)
            let booking = try await practice.book(try practice.march(2, 12))
            try await practice.tell()
            try await practice.pass(minutes: 4)
            try await practice.cancel(booking)
            try await practice.tell()
            try await practice.pass(minutes: 4)

            #expect(practice.subjects().map { $0.prefix(while: { $0 != ":" }) } == ["Bestätigt", "Abgesagt"])
        }
    }

    /// The booking was cancelled, and the event that tells so has not been handled.
    @Test(arguments: TestEngine.allCases)
    func whatIsNotTrueAnyMoreIsNotSent(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            let booking = try await practice.book(try practice.march(3, 10))
            try await practice.deliver()
            try await practice.cancel(booking)
            practice.platform.clock.advance(minutes: 4)
            try await practice.send()
            #expect(practice.mailbox.mails.isEmpty)
            #expect(
                Set(try await practice.log("&type=bookingConfirmed").map { $0["reason"]?.string }) == ["overtaken"])

            // Nobody was told that it takes place, so nobody is told that it does not.
            try await practice.tell()
            try await practice.pass(minutes: 4)
            #expect(practice.mailbox.mails.isEmpty)
        }
    }

    /// A message whose row nobody can read must not hold up those behind it.
    @Test(arguments: TestEngine.allCases)
    func aMessageThatCannotBeMadeHoldsUpNobody(_ engine: TestEngine) async throws {
        try await withPractice(engine) { practice in
            _ = try await practice.book(try practice.march(13, 10))
            try await practice.deliver()
            let organization = try practice.platform.organization().id
            try await practice.platform.database(of: .messaging).write(in: .organization(organization)) { tx in
                try tx.execute(
                    """
                    UPDATE \(MessagingSchema.message) SET type = 'nonsense', due_at = \(tx.now)
                    WHERE organization_id = \(organization) AND channel = 'email' AND audience = 'customer'
                        AND type = 'bookingConfirmed'
                    """)
            }
            try await practice.pass(minutes: 4)
            #expect(practice.subjects(to: TestMember.provider.email).count == 1)
            for _ in 0..<10 { try await practice.pass(minutes: 2) }
            let states = try await practice.platform.database(of: .messaging).read(in: .organization(organization)) {
                try $0.values(
                    """
                    SELECT state || ' ' || reason FROM \(MessagingSchema.message)
                    WHERE organization_id = \(organization) AND type = 'nonsense'
                    """, as: String.self)
            }
            #expect(states == ["failed unusable"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func channelsOfOthersAreUsedByThoseWhoChooseThem(_ engine: TestEngine) async throws {
        try await withPractices(engine, also: [Telegraph.self]) { north, south in
            try await north.prefer(["channels": ["telegram"]], as: .customer)
            _ = try await north.book(try north.march(3, 10))
            _ = try await south.book(try south.march(3, 10))
            try await north.tell()
            try await north.pass(minutes: 4)

            let customer = try north.platform.person(.customer)
            let organization = try north.platform.organization().id
            let sent = Telegraph.sent.withLock { $0.filter { $0.contains("\(customer)") } }
            #expect(Set(sent) == ["\(organization) \(customer) plain"])
            #expect(
                try await north.fates("&channel=telegram&type=bookingConfirmed")
                    == ["bookingConfirmed customer telegram sent"])
            #expect(try await south.fates("&channel=telegram").isEmpty)
        }
    }
}
