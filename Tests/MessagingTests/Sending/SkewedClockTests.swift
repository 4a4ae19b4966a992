import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel
@testable import Messaging

/// Hosts whose clocks differ by more than a message is claimed for do not take messages from each other.
struct SkewedClockTests {
    /// Whether a host whose clock is an hour ahead takes a message that another one is just sending.
    private func isTakenTwice(_ practice: Practice, _ clock: SharedClock) async throws -> Bool {
        let organization = try practice.platform.organization(practice.place).id
        // Leases are counted by the machine's clock here, as the database's is.
        let now = SystemClock().now
        let engine = practice.platform.database.engine
        func host(_ skew: Int64) -> Database {
            Database(
                engine: engine, namespace: Namespace("messaging"), clock: ManualClock(now.adding(seconds: skew)),
                ids: practice.platform.runtime.database.ids)
        }
        let messages = try await host(0).write(in: .organization(organization)) { tx in
            try tx.post(
                """
                UPDATE \(MessagingSchema.message) SET due_at = \(now.adding(seconds: -60))
                WHERE organization_id = \(organization)
                """)
            return try tx.values(
                "SELECT id FROM \(MessagingSchema.message) WHERE organization_id = \(organization) ORDER BY id",
                as: ID<StoredMessage>.self)
        }
        let (message, lease) = (try #require(messages.first), MessageLease(clock: clock))
        func take(_ skew: Int64) async throws -> Bool {
            try await host(skew).write(in: .organization(organization)) { tx in
                try lease.take(message, organization, in: tx)
            }
        }
        let first = try await take(0)
        #expect(first)
        return try await take(3_600)
    }

    @Test func aHostWhoseClockIsAheadLeavesWhatAnotherIsSending() async throws {
        try await withPractice(.postgres) { practice in
            _ = try await practice.book(try practice.march(6, 10))
            try await practice.deliver()
            let isTaken = try await self.isTakenTwice(practice, SharedClock(isOfTheDatabase: true))
            #expect(!isTaken)
        }
    }

    @Test func byItsOwnClockItWouldTakeIt() async throws {
        try await withPractice(.postgres) { practice in
            _ = try await practice.book(try practice.march(6, 10))
            try await practice.deliver()
            let isTaken = try await self.isTakenTwice(practice, SharedClock(isOfTheDatabase: false))
            #expect(isTaken)
        }
    }
}
