import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// Those who listen to one host are told of what another one delivers.
@Suite(.timeLimit(.minutes(60)))
struct TwoHostsLiveTests {
    @Test func whoListensToEitherHostHearsAllOnceAndInOrder() async throws {
        try await withSchool(.postgres, plugins: LiveInboxTests.messaging) { school in
            try await TwoHosts(school).serve { first, second in
                let token = try await first.token()
                let slots = try await LiveInboxTests.slots(first, token)
                var listeners: [LoopbackListener] = []
                for server in [first, second] {
                    let client = LoopbackClient(port: server.process.port)
                    listeners.append(try await client.listen(LiveInboxTests.live, token: token))
                }
                for listener in listeners { #expect(await listener.next()?.name == "unread") }
                // Which of the hosts delivers is anybody's guess.
                let count = 8
                for (index, slot) in slots.prefix(count).enumerated() {
                    _ = try await LiveInboxTests.book(slot, on: [first, second][index % 2], token)
                }
                var told: [[String?]] = []
                for listener in listeners {
                    var ids: [String?] = []
                    while ids.count < count, let event = await listener.next("message") { ids.append(event.id) }
                    told.append(ids)
                }
                let all: [String?] = (1...count).map { "\($0)" }
                #expect(told == [all, all])
            }
        }
    }

    /// The host that a client listened to dies; the client goes on with the other one and has missed nothing.
    @Test func whoComesToAnotherHostMissesNothing() async throws {
        try await withSchool(.postgres, plugins: LiveInboxTests.messaging) { school in
            let hosts = try TwoHosts(school)
            try await hosts.punctual.serve { first in
                let token = try await first.token()
                let slots = try await LiveInboxTests.slots(first, token)
                let seen = try await hosts.ahead.serve { second -> String? in
                    let client = LoopbackClient(port: second.process.port)
                    let listener = try await client.listen(LiveInboxTests.live, token: token)
                    #expect(await listener.next()?.name == "unread")
                    _ = try await LiveInboxTests.book(slots[0], on: first, token)
                    let message = await listener.next("message")
                    await second.process.kill()
                    _ = await listener.rest()
                    #expect(listener.end != .whole)
                    return message?.id
                }
                #expect(seen == "1")
                _ = try await LiveInboxTests.book(slots[1], on: first, token)
                let client = LoopbackClient(port: first.process.port)
                let listener = try await client.listen(LiveInboxTests.live, token: token, after: seen)
                #expect(await listener.next("message")?.id == "2")
            }
        }
    }
}
