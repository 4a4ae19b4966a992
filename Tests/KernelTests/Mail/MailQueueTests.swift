import AlmanacStorage
import AlmanacTestKit
import Logging
import Testing

@testable import AlmanacKernel

struct MailQueueTests {
    @Test
    func sendsEachMailOnceInOrder() async throws {
        let fixture = MailFixture()
        for number in 1...3 { fixture.queue.enqueue(try fixture.mail(number)) }
        let sent = await fixture.queue.deliver()
        let again = await fixture.queue.deliver()

        #expect(sent == 3)
        #expect(again == 0)
        #expect(fixture.transport.seen == ["subject 1", "subject 2", "subject 3"])
        #expect(fixture.queue.counts == fixture.counts(sent: 3))
        #expect(fixture.log.all.isEmpty)
    }

    @Test
    func takesNoMoreThanItHasRoomFor() async throws {
        let fixture = MailFixture(policy: MailPolicy(capacity: 2))
        for number in 1...5 { fixture.queue.enqueue(try fixture.mail(number)) }
        #expect(fixture.queue.counts == fixture.counts(dropped: 3, waiting: 2))
        #expect(fixture.log.all == ["error too many mails wait; more are dropped: kind=test.kind"])

        await fixture.queue.deliver()
        fixture.queue.enqueue(try fixture.mail(6))
        await fixture.queue.deliver()

        #expect(fixture.transport.seen == ["subject 1", "subject 2", "subject 6"])
        #expect(fixture.log.all.dropFirst() == ["error mails were dropped because too many waited: dropped=3"])
    }

    @Test
    func triesAgainAfterGrowingPauses() async throws {
        let fixture = MailFixture(policy: MailPolicy(pauses: [2, 5, 15]))
        fixture.transport.answer = { _ in MailDeliveryError(isPermanent: false, reason: "server away") }
        fixture.queue.enqueue(try fixture.mail(1))
        var attempts: [Int] = []
        for second in 0...40 {
            let before = fixture.transport.seen.count
            await fixture.queue.deliver()
            if fixture.transport.seen.count > before { attempts.append(second) }
            fixture.clock.advance(seconds: 1)
        }

        #expect(attempts == [0, 2, 7, 22, 37])
        #expect(fixture.queue.counts == fixture.counts(waiting: 1))
        fixture.transport.answer = { _ in nil }
        fixture.clock.advance(seconds: 15)
        await fixture.queue.deliver()
        #expect(fixture.queue.counts == fixture.counts(sent: 1))
    }

    @Test
    func letsMailsPassOneThatMustWait() async throws {
        let fixture = MailFixture()
        fixture.transport.answer = { mail in
            mail.subject == "subject 1" ? MailDeliveryError(isPermanent: false, reason: "full") : nil
        }
        for number in 1...2 { fixture.queue.enqueue(try fixture.mail(number)) }
        await fixture.queue.deliver()

        #expect(fixture.queue.counts == fixture.counts(sent: 1, waiting: 1))
    }

    @Test
    func sendsNothingThatIsTooOld() async throws {
        let fixture = MailFixture(policy: MailPolicy(pauses: [1]))
        fixture.queue.enqueue(try fixture.mail(1))
        fixture.clock.advance(seconds: 599)
        fixture.queue.enqueue(try fixture.mail(2))
        fixture.clock.advance(seconds: 1)
        await fixture.queue.deliver()

        #expect(fixture.transport.seen == ["subject 2"])
        #expect(fixture.queue.counts == fixture.counts(sent: 1, expired: 1))
        #expect(
            fixture.log.all == ["error a mail was dropped because it was too old: attempts=0, kind=test.kind"])
    }

    @Test
    func givesUpAtTheDeadlineHoweverOftenItTried() async throws {
        let fixture = MailFixture()
        fixture.transport.answer = { _ in MailDeliveryError(isPermanent: false, reason: "away") }
        fixture.queue.enqueue(try fixture.mail(1))
        for _ in 0..<700 {
            await fixture.queue.deliver()
            fixture.clock.advance(seconds: 1)
        }

        #expect(fixture.queue.counts == fixture.counts(expired: 1))
        // After 0, 2, 7, 22, 52, 112, 232, 352, 472 and 592 seconds.
        #expect(fixture.transport.seen.count == 10)
        #expect(fixture.log.all.last == "error a mail could not be sent: attempt=10, kind=test.kind, reason=away")
    }

    @Test
    func doesNotTryAgainWhatIsRefusedForGood() async throws {
        let fixture = MailFixture()
        fixture.transport.answer = { _ in MailDeliveryError(isPermanent: true, reason: "550") }
        fixture.queue.enqueue(try fixture.mail(1))
        await fixture.queue.deliver()
        fixture.clock.advance(seconds: 300)
        await fixture.queue.deliver()

        #expect(fixture.transport.seen.count == 1)
        #expect(fixture.queue.counts == fixture.counts(refused: 1))
        #expect(fixture.log.all == ["error a mail could not be sent: attempt=1, kind=test.kind, reason=550"])
    }

    @Test("v5.0.0-16.2.5 logs neither recipient nor content of a mail")
    func logsNoContent() async throws {
        struct Talkative: Error { let description = "subject 1 to anna@example.org: token-1" }
        let fixture = MailFixture(policy: MailPolicy(capacity: 2))
        fixture.transport.answer = { _ in Talkative() }
        for number in 1...3 { fixture.queue.enqueue(try fixture.mail(number)) }
        await fixture.queue.deliver()
        fixture.clock.advance(seconds: 601)
        await fixture.queue.deliver()
        let silent = MailFixture(configured: false)
        silent.queue.enqueue(try silent.mail(1))
        await silent.queue.deliver()
        let log = fixture.log.all + silent.log.all

        #expect(log.count == 6)
        #expect(silent.log.all.first?.contains("no section mail: kind=test.kind") == true)
        for word in ["anna", "subject", "token", "example.org"] {
            #expect(!log.contains { $0.contains(word) }, "\(word) in \(log)")
        }
    }

    @Test
    func saysThatThereIsNowhereToSendTo() async throws {
        let fixture = MailFixture(configured: false)
        fixture.queue.enqueue(try fixture.mail(1))
        await fixture.queue.deliver()

        #expect(!fixture.queue.isConfigured)
        #expect(fixture.queue.counts == fixture.counts(unconfigured: 1))
        #expect(
            fixture.log.all == ["warning a mail was not sent because the manifest has no section mail: kind=test.kind"])
    }

    /// Many steps at once, which a service loop and a shutdown may be: no mail may go twice.
    @Test
    func sendsEachMailOnceHoweverManySend() async throws {
        let fixture = MailFixture()
        for number in 1...200 { fixture.queue.enqueue(try fixture.mail(number)) }
        let sent = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<50 { group.addTask { await fixture.queue.deliver() } }
            return await group.reduce(0, +)
        }

        #expect(sent == 200)
        #expect(Set(fixture.transport.seen).count == 200)
        #expect(fixture.transport.seen.count == 200)
    }

    @Test
    func theLoopSendsWhatComesWithoutBeingAsked() async throws {
        let fixture = MailFixture()
        let arrived = TestSignal()
        fixture.transport.answer = { _ in
            arrived.send()
            return nil
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await fixture.queue.run() }
            fixture.queue.enqueue(try fixture.mail(1))
            await arrived.arrives()
            group.cancelAll()
            try await group.waitForAll()
        }

        #expect(fixture.queue.counts == fixture.counts(sent: 1))
    }

    @Test
    func triesWhatIsLeftBeforeItEnds() async throws {
        let fixture = MailFixture()
        fixture.transport.answer = { _ in MailDeliveryError(isPermanent: false, reason: "away") }
        fixture.queue.enqueue(try fixture.mail(1))
        await fixture.queue.deliver()
        fixture.queue.enqueue(try fixture.mail(2))
        fixture.transport.answer = { _ in nil }
        await fixture.queue.finish()

        #expect(fixture.queue.counts == fixture.counts(sent: 2))
        fixture.transport.answer = { _ in MailDeliveryError(isPermanent: false, reason: "away") }
        for number in 3...5 { fixture.queue.enqueue(try fixture.mail(number)) }
        await fixture.queue.finish()
        #expect(fixture.transport.seen.count == 4)
        #expect(fixture.log.all.last == "error mails were not sent before the end: mails=3")
    }
}
